package dev.crossfade.samples.benchmarks;

import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.CompilerControl.Mode;

/** The new store. Its methods are never inlined, for neither would be those of a repository that calls a database. */
final class NewOrders extends MapOrders {

    @Override
    @CompilerControl(Mode.DONT_INLINE)
    public @Nullable Order findById(String number) {
        return row(number);
    }

    @Override
    @CompilerControl(Mode.DONT_INLINE)
    public boolean pay(String number) {
        return row(number) != null;
    }
}
