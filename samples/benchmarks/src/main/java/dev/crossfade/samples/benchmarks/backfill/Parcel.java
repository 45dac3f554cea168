package dev.crossfade.samples.benchmarks.backfill;

import java.math.BigDecimal;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/** The entity, in twelve columns. */
record Parcel(
        long id,
        long customer,
        String number,
        String status,
        int pieces,
        BigDecimal total,
        @Nullable BigDecimal tax,
        String currency,
        boolean paid,
        LocalDateTime createdAt,
        @Nullable LocalDateTime changedAt,
        @Nullable String note) {}
