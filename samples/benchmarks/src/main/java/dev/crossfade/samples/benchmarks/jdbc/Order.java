package dev.crossfade.samples.benchmarks.jdbc;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** A row of some 150 bytes. */
public record Order(long id, long customer, String status, BigDecimal total, String note, OffsetDateTime changedAt) {

    /** An order whose fields follow from its id. */
    static Order numbered(long id) {
        return new Order(
                id,
                10_000 + id % 1_000,
                "PLACED",
                BigDecimal.valueOf(1_000 + id % 9_000, 2),
                "leave it with the neighbour, number " + id % 100,
                OffsetDateTime.of(2026, 11, 21, 12, 0, (int) (id % 60), 0, ZoneOffset.UTC));
    }
}
