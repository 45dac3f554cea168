package dev.crossfade.jdbc.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** A bounded world: how it begins, who acts in it, and how it recovers. */
final class Scenario {
    final Memory memory;
    final Rules rules;
    private final List<Actor> actors = new ArrayList<>();
    private final List<Actor> rescuers = new ArrayList<>();
    private final List<Actor> twins = new ArrayList<>();
    private final List<Consumer<World>> beginnings = new ArrayList<>();

    Scenario(int keys, Rules rules) {
        this.memory = new Memory(keys);
        this.rules = rules;
    }

    <A extends Actor> A with(A actor) {
        actors.add(actor);
        return actor;
    }

    /** Two actors that are alike, so that states which differ only by who is who count once. */
    void withTwins(Actor first, Actor second) {
        with(first);
        with(second);
        twins.add(first);
        twins.add(second);
    }

    /** Who runs alone, one after the other, after everything has died. */
    void recoverWith(Actor... inTurn) {
        rescuers.addAll(Arrays.asList(inTurn));
    }

    void beginWith(Consumer<World> beginning) {
        beginnings.add(beginning);
    }

    World beginning() {
        World world = memory.world();
        world.setFence(Side.LEGACY, Role.PRIMARY, 1);
        world.setFence(Side.NEW, Role.SECONDARY, 1);
        world.setGeneration(Side.LEGACY, 1);
        world.setGeneration(Side.NEW, 1);
        beginnings.forEach(beginning -> beginning.accept(world));
        return world;
    }

    void steps(World world, Steps next) {
        for (Actor actor : actors) {
            actor.steps(world, next);
        }
    }

    Recovery recovery() {
        return new Recovery(memory, actors, rescuers);
    }

    /** Puts the memories of twins in order. */
    void normalise(World world) {
        for (int pair = 0; pair < twins.size(); pair += 2) {
            int first = twins.get(pair).firstCell;
            int second = twins.get(pair + 1).firstCell;
            int cells = twins.get(pair).cells;
            byte[] all = world.cells;
            if (Arrays.compare(all, first, first + cells, all, second, second + cells) > 0) {
                byte[] kept = Arrays.copyOfRange(all, first, first + cells);
                System.arraycopy(all, second, all, first, cells);
                System.arraycopy(kept, 0, all, second, cells);
            }
        }
    }
}
