package dev.crossfade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.crossfade.control.ManualControl;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.Compared;
import dev.crossfade.event.MigrationEvent.KeyParked;
import dev.crossfade.testing.LogCapture;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.Rig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the data holds appears nowhere but in the data: not in a log line, event, meter, status or exception. */
@Timeout(180)
class CanaryTest {
    private static final String CANARY = "canary-7f3a";

    record Secret(String id, String name, List<String> notes) {
        static Secret of(String id) {
            return new Secret(CANARY + id, CANARY, List.of(CANARY));
        }

        Secret renamed() {
            return new Secret(id, CANARY + " renamed", notes);
        }
    }

    interface Secrets {
        Optional<Secret> findById(String id);

        List<Secret> findByName(String name);

        void put(Secret secret);

        void deleteById(String id);
    }

    static final class Rows implements Secrets {
        final Map<String, Secret> rows = new ConcurrentHashMap<>();

        volatile @Nullable Exception failure;

        private void failIfTold() {
            Exception told = failure;
            if (told != null) {
                throw Rows.<RuntimeException>sneaky(told);
            }
        }

        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
        private static <X extends Throwable> X sneaky(Throwable failure) throws X {
            throw (X) failure;
        }

        @Override
        public Optional<Secret> findById(String id) {
            failIfTold();
            return Optional.ofNullable(rows.get(id));
        }

        @Override
        public List<Secret> findByName(String name) {
            failIfTold();
            return List.copyOf(rows.values());
        }

        @Override
        public void put(Secret secret) {
            failIfTold();
            rows.put(secret.id(), secret);
        }

        @Override
        public void deleteById(String id) {
            failIfTold();
            rows.remove(id);
        }
    }

    private final Rows legacy = new Rows();
    private final Rows next = new Rows();
    private final List<MigrationEvent> events = new CopyOnWriteArrayList<>();
    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ManualControl control = ManualControl.create();

    @Test
    void no_value_leaves_the_stores_whatever_fails() throws Exception {
        StringBuilder seen = new StringBuilder();
        try (LogCapture log = LogCapture.begin()) {
            Migration migration = migration();
            Secrets secrets = migration.repository(Secrets.class);
            assertThat(migration.moveTo(Stage.LEGACY_PRIMARY, Rig.ALICE).moved())
                    .isTrue();
            secrets.put(Secret.of("1"));
            CopyRun copy = migration.copy(Secrets.class);
            copy.mark(List.of(CANARY + "1"));
            assertThat(copy.complete(Rig.ALICE, Patience.LIMIT)).isEmpty();

            control.readNewPercent(100).shadowPercent(100);
            next.rows.put(CANARY + "1", Secret.of("1").renamed());
            for (int n = 0; n < 5; n++) {
                secrets.findById(CANARY + "1");
                secrets.findByName(CANARY);
            }
            await().until(() -> events.stream().anyMatch(Compared.class::isInstance));

            next.failure = new SQLException("duplicate key (" + CANARY + ")", "23505", new Exception(CANARY));
            secrets.findById(CANARY + "1");
            secrets.put(Secret.of("2"));
            await().until(() -> events.stream().anyMatch(KeyParked.class::isInstance));
            seen.append(migration.parkedKeys().list(9)).append(migration.check(Stage.NEW_PRIMARY, Rig.ALICE));
            seen.append(migration.moveTo(Stage.NEW_PRIMARY, Rig.ALICE));
            seen.append(migration.parkedKeys().discardAll(Rig.ALICE));

            next.failure = new SQLTransientConnectionException(CANARY, "08001");
            for (int n = 3; n < 12; n++) {
                secrets.put(Secret.of("" + n));
                secrets.findById(CANARY + n);
            }
            await().until(() -> events.stream().anyMatch(MigrationEvent.SecondaryUnavailable.class::isInstance));
            legacy.failure = new IllegalStateException("of the primary");
            assertThat(catchThrowable(() -> secrets.put(Secret.of("99")))).isSameAs(legacy.failure);
            legacy.failure = null;
            seen.append(migration.status())
                    .append(migration)
                    .append(migration.plan())
                    .append(migration.writeToken());
            meters.getMeters().forEach(meter -> seen.append(meter.getId()));
            migration.close();
            seen.append(catchThrowable(() -> secrets.put(Secret.of("100"))));
            seen.append(log.text());
            assertThat(log.text()).as("the capture works").contains("is parked after repeated failures", "[23505]");
        }
        assertThat(events)
                .isNotEmpty()
                .allSatisfy(event -> assertThat(event.toString()).doesNotContain(CANARY));
        assertThat(seen.toString()).doesNotContain(CANARY);
    }

    private Migration migration() {
        return Migration.of("secrets")
                .between(Store.plain("legacy"), Store.plain("new"))
                .repository(
                        Secrets.class,
                        r -> r.from(legacy)
                                .to(next)
                                .key(Secret.class, Secret::id)
                                .overwrite(Secrets::put))
                .control(control)
                .meters(meters)
                .listener(events::add)
                .relay(relay -> relay.maxAttempts(2))
                .closeTimeout(Duration.ofMillis(100))
                .startingAt(Stage.LEGACY_ONLY)
                .build()
                .start();
    }
}
