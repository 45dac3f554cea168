package dev.crossfade.spring.orders;

/** An order. */
public record Order(long id, String status) {}
