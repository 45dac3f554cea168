package dev.crossfade.simulator;

/** Ends an actor whose process has crashed. Neither an exception nor an error, so that no handler goes on after it. */
final class ActorKilled extends Throwable {
    ActorKilled() {
        super("the process has crashed", null, false, false);
    }

    /** The failure, unless it is the end of the actor; a proxy may have wrapped that. */
    static Throwable unlessKilled(Actor self, Throwable failure) {
        if (self.killed) {
            throw Sneaky.<RuntimeException>rethrow(new ActorKilled());
        }
        return failure;
    }
}
