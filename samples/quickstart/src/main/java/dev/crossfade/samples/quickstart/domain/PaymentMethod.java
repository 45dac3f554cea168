package dev.crossfade.samples.quickstart.domain;

/** How an order is paid. */
public enum PaymentMethod {
    CARD,
    TRANSFER,
    WALLET,
    INVOICE
}
