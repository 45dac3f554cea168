package dev.crossfade.internal.view;

import dev.crossfade.Side;
import java.util.function.Function;

/** One thing for each side. */
public record PerSide<T>(T legacy, T next) {

    public static <T> PerSide<T> of(Function<Side, T> maker) {
        return new PerSide<>(maker.apply(Side.LEGACY), maker.apply(Side.NEW));
    }

    public T on(Side side) {
        return side == Side.LEGACY ? legacy : next;
    }
}
