package dev.crossfade.spring.orders;

/** A customer. */
public record Customer(long id, String name) {}
