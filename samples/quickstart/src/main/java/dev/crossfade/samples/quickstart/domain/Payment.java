package dev.crossfade.samples.quickstart.domain;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The payment of an order; no method as long as the customer has not chosen one. */
public record Payment(@Nullable PaymentMethod method, PaymentStatus status) {

    public Payment {
        Objects.requireNonNull(status, "status");
    }

    /** What is left of it when the order is cancelled: captured money goes back, all else ends. */
    Payment cancelled() {
        boolean captured = status == PaymentStatus.CAPTURED || status == PaymentStatus.REFUNDED;
        return new Payment(method, captured ? PaymentStatus.REFUNDED : PaymentStatus.VOIDED);
    }
}
