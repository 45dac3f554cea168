package dev.crossfade.samples.quickstart.next;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** The UUID of an order, a name-based one from its legacy id: two copiers that meet make the same one. */
final class OrderIds {
    private OrderIds() {}

    static UUID of(long legacyId) {
        return UUID.nameUUIDFromBytes(("order:" + legacyId).getBytes(StandardCharsets.UTF_8));
    }
}
