package dev.crossfade.reads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.crossfade.Side;
import dev.crossfade.testing.ReadFixture;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReadMetersTest {

    @Test
    void meters_have_these_names_and_tags_from_start_to_close() {
        ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults());
        Map<String, TreeSet<String>> tags = new TreeMap<>();
        for (Meter meter : fixture.meters.getMeters()) {
            tags.computeIfAbsent(meter.getId().getName(), name -> new TreeSet<>())
                    .add(meter.getId().getTags().stream().map(Tag::getKey).collect(Collectors.joining(",")));
        }
        assertThat(tags.toString())
                .isEqualTo("{crossfade.discrepancy=[migration,outcome]"
                        + ", crossfade.fallback=[entity,migration,reason]"
                        + ", crossfade.fence.view.age=[migration]"
                        + ", crossfade.handover.pause=[migration]"
                        + ", crossfade.ledger.dirty=[migration]"
                        + ", crossfade.ledger.lag=[migration]"
                        + ", crossfade.ledger.parked=[migration]"
                        + ", crossfade.read=[entity,migration,operation,outcome,side]"
                        + ", crossfade.read.kept=[entity,migration,reason]"
                        + ", crossfade.read.latency=[entity,migration,side]"
                        + ", crossfade.refresh=[migration,outcome]"
                        + ", crossfade.settings.rejected=[migration]"
                        + ", crossfade.shadow=[entity,migration,operation,outcome]"
                        + ", crossfade.shadow.skipped=[entity,migration,reason]"
                        + ", crossfade.write=[entity,migration,operation,outcome,side]"
                        + ", crossfade.write.latency=[entity,migration,side]}");
        int meters = fixture.meters.getMeters().size();
        fixture.control.readNewPercent(50).shadowPercent(100);
        for (long id = 1; id <= 500; id++) {
            fixture.catalog.findById(id);
        }
        assertThat(fixture.meters.getMeters()).as("no key makes a meter").hasSize(meters);
        fixture.close();
        assertThat(fixture.meters.getMeters()).isEmpty();
    }

    @Test
    void status_and_meters_tell_the_same_of_reads() {
        try (ReadFixture fixture = ReadFixture.legacyPrimary(ReadFixture.defaults())) {
            fixture.control.readNewPercent(50);
            long byNew = 0;
            for (long id = 1; id <= 100; id++) {
                fixture.catalog.findById(id);
                byNew += ReadFixture.isNew(id, 50) ? 1 : 0;
            }
            var status = fixture.migration.status();
            assertThat(status.reads()).containsEntry(Side.NEW, byNew).containsEntry(Side.LEGACY, 100 - byNew);
            assertThat(fixture.count("crossfade.read", "side", "NEW", "outcome", "ok"))
                    .isEqualTo((double) byNew);
            assertThat(status.readNewPercent()).isEqualTo(50);
            assertThat(status.shadowPercent()).isZero();
            assertThat(status.fallbacks()).isZero();
            assertThat(status.settingsProblem()).isNull();
            assertThat(status.copied()).containsEntry("Order", true);
        }
    }
}
