package dev.crossfade.samples.quickstart.legacy;

import dev.crossfade.samples.quickstart.domain.OrderStatus;
import dev.crossfade.samples.quickstart.domain.PaymentMethod;
import dev.crossfade.samples.quickstart.domain.PaymentStatus;
import org.jspecify.annotations.Nullable;

/** The codes that the monolith stores for the words of the domain. They are spelled out: ordinals would move. */
public final class LegacyCodes {
    private LegacyCodes() {}

    public static int of(OrderStatus status) {
        return switch (status) {
            case PLACED -> 10;
            case CONFIRMED -> 20;
            case PACKED -> 30;
            case SHIPPED -> 40;
            case DELIVERED -> 50;
            case CANCELLED -> 90;
        };
    }

    static OrderStatus orderStatus(int code) {
        return switch (code) {
            case 10 -> OrderStatus.PLACED;
            case 20 -> OrderStatus.CONFIRMED;
            case 30 -> OrderStatus.PACKED;
            case 40 -> OrderStatus.SHIPPED;
            case 50 -> OrderStatus.DELIVERED;
            case 90 -> OrderStatus.CANCELLED;
            default -> throw new IllegalStateException("Unknown order status code in the legacy database");
        };
    }

    public static @Nullable String of(@Nullable PaymentMethod method) {
        if (method == null) {
            return null;
        }
        return switch (method) {
            case CARD -> "C";
            case TRANSFER -> "T";
            case WALLET -> "W";
            case INVOICE -> "I";
        };
    }

    static @Nullable PaymentMethod paymentMethod(@Nullable String code) {
        if (code == null) {
            return null;
        }
        return switch (code) {
            case "C" -> PaymentMethod.CARD;
            case "T" -> PaymentMethod.TRANSFER;
            case "W" -> PaymentMethod.WALLET;
            case "I" -> PaymentMethod.INVOICE;
            default -> throw new IllegalStateException("Unknown payment method code in the legacy database");
        };
    }

    public static String of(PaymentStatus status) {
        return switch (status) {
            case OPEN -> "O";
            case AUTHORIZED -> "A";
            case CAPTURED -> "C";
            case REFUNDED -> "R";
            case VOIDED -> "V";
        };
    }

    static PaymentStatus paymentStatus(String code) {
        return switch (code) {
            case "O" -> PaymentStatus.OPEN;
            case "A" -> PaymentStatus.AUTHORIZED;
            case "C" -> PaymentStatus.CAPTURED;
            case "R" -> PaymentStatus.REFUNDED;
            case "V" -> PaymentStatus.VOIDED;
            default -> throw new IllegalStateException("Unknown payment status code in the legacy database");
        };
    }
}
