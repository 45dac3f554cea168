package dev.crossfade.spi;

import dev.crossfade.compare.FieldDifference;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A key on which the stores differ, or did: seen at one version on both sides, with nothing on its way between them.
 *
 * @param finding   how it was found last; its fields hold values only where the comparison's rules allow them
 * @param firstSeen when it was found first since it was last closed
 * @param lastSeen  when it was found last
 * @param state     whether it still waits
 */
public record Discrepancy(Finding finding, Instant firstSeen, Instant lastSeen, State state) {
    public Discrepancy {
        Objects.requireNonNull(finding, "finding");
        Objects.requireNonNull(firstSeen, "firstSeen");
        Objects.requireNonNull(lastSeen, "lastSeen");
        Objects.requireNonNull(state, "state");
    }

    /** The key; its text form shows a digest. */
    public EntityKey key() {
        return finding.key();
    }

    /** What is missing or different. */
    public Kind kind() {
        return finding.kind();
    }

    /** What differs. */
    public enum Kind {
        /** The legacy store has the row, the new one has not. */
        MISSING_IN_NEW,
        /** The new store has the row, the legacy one has not. */
        MISSING_IN_LEGACY,
        /** Both have it, with other fields. */
        DIFFERENT
    }

    /** What has become of it. */
    public enum State {
        /** Waits for a repair or a decision, and keeps the primary from moving. */
        OPEN,
        /** A later version was refreshed, or both sides were found equal. */
        RESOLVED,
        /** An operator has decided to leave it; a later version that differs opens it again. */
        ACCEPTED
    }

    /**
     * One look at a key that differs.
     *
     * @param fields  the fields that differ; empty where the row is missing, cut to the first {@value #MAX_FIELDS}
     * @param foundBy what found it, such as {@code shadow read findById}
     * @param epoch   of the fence at that time
     * @param version of the key on both sides at that time; counter 0 if it was never written in this generation
     * @param times   how often it was seen
     */
    public record Finding(
            EntityKey key,
            Kind kind,
            List<FieldDifference> fields,
            String foundBy,
            long epoch,
            Version version,
            long times) {
        /** So many fields are kept. */
        public static final int MAX_FIELDS = 32;

        public Finding {
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(kind, "kind");
            fields = List.copyOf(fields.subList(0, Math.min(fields.size(), MAX_FIELDS)));
            Objects.requireNonNull(foundBy, "foundBy");
            Objects.requireNonNull(version, "version");
        }

        /** The same difference: the same fields differ in the same way, whatever they hold. */
        public boolean looksLike(Finding other) {
            return kind == other.kind && shape().equals(other.shape());
        }

        private List<List<Object>> shape() {
            return fields.stream()
                    .map(field -> List.<Object>of(field.path(), field.kind()))
                    .toList();
        }
    }
}
