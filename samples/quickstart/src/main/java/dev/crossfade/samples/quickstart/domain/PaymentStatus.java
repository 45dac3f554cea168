package dev.crossfade.samples.quickstart.domain;

/** Where the payment of an order stands. */
public enum PaymentStatus {
    OPEN,
    AUTHORIZED,
    CAPTURED,
    REFUNDED,
    VOIDED
}
