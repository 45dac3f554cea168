package dev.crossfade.jdbc.faults;

import dev.crossfade.jdbc.orders.Order;
import dev.crossfade.jdbc.testing.Pair;
import dev.crossfade.jdbc.testing.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Scenarios on one pair of databases. */
abstract class FaultContract {
    /** For work that goes on meanwhile: it may consist of much. */
    static final Duration LONG = Scene.PATIENCE.multipliedBy(3);

    Scene scene;

    abstract Pair pair();

    @BeforeEach
    void open() {
        scene = new Scene(pair());
    }

    @AfterEach
    void close() {
        scene.close();
    }

    boolean isPostgres() {
        return scene.legacy().server() == TestServer.POSTGRES;
    }

    /** The first statement that takes the fence for a step of a move. */
    String lockFence() {
        return isPostgres() ? "SELECT pg_advisory_xact_lock(" : "ORDER BY stripe FOR UPDATE";
    }

    /** However long a move from legacy is held: nobody gives it up for abandoned before these are released. */
    List<Stop> stopAborts(Instance... instances) {
        return Stream.of(instances)
                .map(instance -> instance.onLegacy.stopBefore(lockFence(), "-fence"))
                .toList();
    }

    static Order order(long id) {
        return new Order(id, "n" + id, "open", 1);
    }

    /** Something that goes on while the test does something else. */
    static <T> Meanwhile<T> meanwhile(Callable<T> work) {
        CompletableFuture<T> done = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        done.complete(work.call());
                    } catch (Throwable failure) {
                        done.completeExceptionally(failure);
                    }
                },
                "meanwhile");
        thread.setDaemon(true);
        thread.start();
        return new Meanwhile<>(thread, done);
    }

    record Meanwhile<T>(Thread thread, CompletableFuture<T> done) {
        T result() {
            try {
                return done.get(LONG.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException failed) {
                throw new AssertionError("The work meanwhile failed", failed.getCause());
            } catch (InterruptedException | TimeoutException failed) {
                throw new AssertionError(failed);
            }
        }

        Throwable failure() {
            try {
                T result = done.get(LONG.toSeconds(), TimeUnit.SECONDS);
                throw new AssertionError("The work meanwhile did not fail but returned " + result);
            } catch (ExecutionException failed) {
                return Objects.requireNonNull(failed.getCause());
            } catch (InterruptedException | TimeoutException failed) {
                throw new AssertionError(failed);
            }
        }
    }
}
