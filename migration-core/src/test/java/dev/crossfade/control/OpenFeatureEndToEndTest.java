package dev.crossfade.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.crossfade.CallScope;
import dev.crossfade.CopyRun;
import dev.crossfade.Migration;
import dev.crossfade.MigrationStatus;
import dev.crossfade.Store;
import dev.crossfade.event.MigrationEvent;
import dev.crossfade.event.MigrationEvent.MoveRefused;
import dev.crossfade.event.MigrationEvent.SettingsRejected;
import dev.crossfade.event.MigrationEvent.StageMoved;
import dev.crossfade.testing.Catalog;
import dev.crossfade.testing.FakeCatalog;
import dev.crossfade.testing.Order;
import dev.crossfade.testing.Patience;
import dev.crossfade.testing.ReadFixture;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.OpenFeatureAPI;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** From a flag to the side of a read, through a whole migration. */
class OpenFeatureEndToEndTest {
    private final OpenFeatureAPI api = OpenFeatureAPI.createIsolated();
    private final ScriptedProvider provider = new ScriptedProvider();
    private final FakeCatalog legacy = new FakeCatalog();
    private final FakeCatalog next = new FakeCatalog();
    private final List<MigrationEvent> events = new CopyOnWriteArrayList<>();
    private final Migration migration = Migration.of("orders")
            .between(Store.plain("legacy"), Store.plain("new"))
            .repository(
                    Catalog.class,
                    r -> r.from(legacy).to(next).key(Order.class, Order::id).overwrite(Catalog::put))
            .control(OpenFeatureControl.using(api.getClient())
                    .refreshEvery(Duration.ofMillis(100))
                    .segmentedBy("region"))
            .startingAt(Stage.LEGACY_ONLY)
            .meters(new SimpleMeterRegistry())
            .listener(events::add)
            .build();
    private final Catalog catalog = migration.repository(Catalog.class);

    @AfterEach
    void close() {
        migration.close();
        api.shutdown();
    }

    private static void eventually(ThrowingRunnable assertion) {
        await().pollInSameThread().pollInterval(Duration.ofMillis(5)).untilAsserted(assertion);
    }

    private MigrationStatus status() {
        return migration.status();
    }

    private void start() throws InterruptedException {
        provider.settings(Map.of("stage", "LEGACY_PRIMARY", "revision", 1, "readNewPercent", 100));
        api.setProviderAndWait(provider);
        migration.start();
        eventually(() -> assertThat(status().stage()).isEqualTo(Stage.LEGACY_PRIMARY));
        catalog.put(ReadFixture.order(1));
        eventually(() -> assertThat(status().ledger().dirty()).isZero());
        // A process that finds LEGACY_PRIMARY in the flag cannot know what the one before it left behind.
        CopyRun copy = migration.copy(Catalog.class);
        assertThat(copy.complete(ReadFixture.ALICE, Patience.LIMIT)).isEmpty();
    }

    private boolean isReadFromNew() {
        int before = next.reads.get();
        assertThat(catalog.findById(1)).contains(ReadFixture.order(1));
        return next.reads.get() > before;
    }

    @Test
    void without_a_provider_reads_and_writes_go_to_the_primary_and_the_status_says_why() {
        provider.settings = context -> ScriptedProvider.error(ErrorCode.GENERAL);
        api.setProviderAndWait(provider);
        migration.start();
        catalog.put(ReadFixture.order(1));
        assertThat(isReadFromNew()).isFalse();
        assertThat(legacy.rows).hasSize(1);
        assertThat(status().stage()).isEqualTo(Stage.LEGACY_ONLY);
        assertThat(status().settingsProblem()).isNotNull();
        assertThat(status().settingsRejected()).isPositive();
    }

    @Test
    void bad_input_keeps_the_last_good_settings_is_counted_and_told_once() throws Exception {
        start();
        assertThat(isReadFromNew()).isTrue();
        List<Map<String, Object>> bad = List.of(
                Map.of("stage", "NEW_PRIMARY", "revision", 9, "readNewPercent", 150),
                Map.of("stage", "NEW_PRIMARY", "revision", 9, "readNewPercent", Double.NaN),
                Map.of("stage", "NEW_PRIMARY", "revision", 9, "readNewPercent", "100"),
                Map.of("stage", "NEW_PRIMARY", "revision", 9, "shadowPercent", -1),
                Map.of("stage", 7, "revision", 9),
                Map.of("stage", "new", "revision", 9));
        for (Map<String, Object> settings : bad) {
            long before = status().settingsRejected();
            provider.settings(settings);
            provider.reportChange();
            eventually(() -> assertThat(status().settingsRejected()).isGreaterThan(before + 1));
            assertThat(isReadFromNew()).isTrue();
            assertThat(status().stage()).isEqualTo(Stage.LEGACY_PRIMARY);
            assertThat(status().settingsProblem()).isNotNull();
        }
        provider.settings = context -> {
            throw new NoClassDefFoundError("simulated");
        };
        long before = status().settingsRejected();
        eventually(() -> assertThat(status().settingsRejected()).isGreaterThan(before + 1));
        assertThat(isReadFromNew()).isTrue();
        assertThat(events).filteredOn(SettingsRejected.class::isInstance).hasSize(1);

        provider.settings(Map.of("stage", "LEGACY_PRIMARY", "revision", 1, "readNewPercent", 0));
        eventually(() -> assertThat(status().settingsProblem()).isNull());
        eventually(() -> assertThat(isReadFromNew()).isFalse());
        assertThat(events).noneMatch(MoveRefused.class::isInstance);
    }

    @Test
    void a_wish_is_tried_once_for_each_revision() throws Exception {
        start();
        eventually(() ->
                assertThat(events).filteredOn(StageMoved.class::isInstance).hasSize(1));
        provider.settings(Map.of("stage", "NEW_ONLY", "revision", 2));
        provider.reportChange();
        eventually(() ->
                assertThat(events).filteredOn(MoveRefused.class::isInstance).hasSize(1));
        int evaluated = provider.evaluations.get();
        eventually(() -> assertThat(provider.evaluations).hasValueGreaterThan(evaluated + 6));
        assertThat(events)
                .filteredOn(MoveRefused.class::isInstance)
                .as("not again")
                .hasSize(1);
        provider.settings(Map.of("stage", "LEGACY_ONLY", "revision", 1));
        provider.reportChange();
        int again = provider.evaluations.get();
        eventually(() -> assertThat(provider.evaluations).hasValueGreaterThan(again + 6));
        assertThat(status().stage()).as("a late flag").isEqualTo(Stage.LEGACY_PRIMARY);
    }

    @Test
    void the_kill_switch_sends_the_next_read_to_the_primary_once_it_is_delivered() throws Exception {
        start();
        assertThat(isReadFromNew()).isTrue();
        provider.killSwitch(true);
        provider.reportChange();
        eventually(() -> assertThat(status().readsToPrimary()).isTrue());
        assertThat(isReadFromNew()).isFalse();
        provider.killSwitch(false);
        provider.reportChange();
        eventually(() -> assertThat(status().readsToPrimary()).isFalse());
        assertThat(isReadFromNew()).isTrue();
    }

    @Test
    void callers_of_a_segment_get_the_dials_of_their_segment() throws Exception {
        start();
        provider.settings = context -> ScriptedProvider.value(ScriptedProvider.object(Map.of(
                "readNewPercent",
                context.getValue("region") != null
                                && "eu".equals(context.getValue("region").asString())
                        ? 100
                        : 0)));
        provider.reportChange();
        eventually(() -> assertThat(isReadFromNew()).isFalse());
        ReadFixture.as(
                CallScope.attributes(Map.of("region", "eu")),
                () -> eventually(() -> assertThat(isReadFromNew()).isTrue()));
        ReadFixture.as(
                CallScope.attributes(Map.of("region", "us")),
                () -> eventually(() -> assertThat(isReadFromNew()).isFalse()));
        assertThat(isReadFromNew()).as("callers without attributes").isFalse();
    }
}
