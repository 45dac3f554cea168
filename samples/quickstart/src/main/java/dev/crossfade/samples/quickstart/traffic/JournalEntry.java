package dev.crossfade.samples.quickstart.traffic;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.crossfade.samples.quickstart.domain.Order;
import java.util.List;

/** One thing that a caller did or was told. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "what")
@JsonSubTypes({
    @JsonSubTypes.Type(value = JournalEntry.Attempted.class, name = "attempted"),
    @JsonSubTypes.Type(value = JournalEntry.CreationAttempted.class, name = "creation attempted"),
    @JsonSubTypes.Type(value = JournalEntry.NothingDone.class, name = "nothing done"),
    @JsonSubTypes.Type(value = JournalEntry.NothingCreated.class, name = "nothing created"),
    @JsonSubTypes.Type(value = JournalEntry.Acknowledged.class, name = "acknowledged"),
    @JsonSubTypes.Type(value = JournalEntry.DeletionAcknowledged.class, name = "deletion acknowledged")
})
public sealed interface JournalEntry {

    /** Whether a caller was told that a write is done. */
    default boolean acknowledges() {
        return this instanceof Acknowledged || this instanceof DeletionAcknowledged;
    }

    /**
     * A change is about to begin: until more is known, the order is as it was or one of these.
     *
     * @param aims        what the change would make of the order, without the times that the store stamps
     * @param mayBeAbsent whether there may be no such order afterwards
     */
    record Attempted(long id, List<Order> aims, boolean mayBeAbsent) implements JournalEntry {
        public Attempted {
            aims = List.copyOf(aims);
        }
    }

    /** A creation is about to begin: until more is known, an order with this number exists or not. */
    record CreationAttempted(String orderNumber) implements JournalEntry {}

    /** The attempt on this order failed and left nothing. */
    record NothingDone(long id) implements JournalEntry {}

    /** The attempt to create this order failed and left nothing. */
    record NothingCreated(String orderNumber) implements JournalEntry {}

    /** A write was acknowledged: the order is exactly this now. */
    record Acknowledged(Order order) implements JournalEntry {}

    /** A deletion was acknowledged. */
    record DeletionAcknowledged(long id) implements JournalEntry {}
}
