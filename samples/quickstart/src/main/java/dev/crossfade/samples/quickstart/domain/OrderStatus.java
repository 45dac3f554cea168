package dev.crossfade.samples.quickstart.domain;

/** Where an order stands. */
public enum OrderStatus {
    PLACED,
    CONFIRMED,
    PACKED,
    SHIPPED,
    DELIVERED,
    CANCELLED
}
