package dev.crossfade.internal.method;

import dev.crossfade.internal.method.KeySource.EntityArgument;
import dev.crossfade.internal.method.KeySource.KeyArgument;
import dev.crossfade.internal.method.RepositoryHandler.Call;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets keys be looked up in arguments that may be read only once, as {@code saveAll(stream::iterator)}: the repository
 * gets a list of what the caller gave.
 */
public final class RereadableArguments implements Call {
    private final Call call;
    private final List<Integer> indexes;

    private RereadableArguments(Call call, List<Integer> indexes) {
        this.call = call;
        this.indexes = indexes;
    }

    /** The call itself, unless a parameter that holds keys is declared as a bare {@code Iterable}. */
    public static Call of(MethodPlan plan, Call call) {
        Class<?>[] parameters = plan.method().getParameterTypes();
        List<Integer> indexes = plan.keys().stream()
                .map(RereadableArguments::indexOf)
                .filter(index -> index >= 0 && parameters[index] == Iterable.class)
                .toList();
        return indexes.isEmpty() ? call : new RereadableArguments(call, indexes);
    }

    private static int indexOf(KeySource source) {
        return source instanceof KeyArgument argument
                ? argument.index()
                : source instanceof EntityArgument argument ? argument.index() : -1;
    }

    @Override
    public @Nullable Object invoke(Object proxy, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (arguments == null) {
            return call.invoke(proxy, null);
        }
        @Nullable Object[] again = arguments.clone();
        for (int index : indexes) {
            if (again[index] instanceof Iterable<?> once && !(once instanceof Collection)) {
                List<@Nullable Object> copy = new ArrayList<>();
                once.forEach(copy::add);
                again[index] = copy;
            }
        }
        return call.invoke(proxy, again);
    }
}
