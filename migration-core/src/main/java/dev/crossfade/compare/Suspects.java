package dev.crossfade.compare;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Clears the fields of two objects whose declared type has an {@code equals} that proves equality, all in one call:
 * most fields are equal, and one method handle for all of them is compiled as a whole, without calls and boxes.
 */
final class Suspects {

    private static final MethodType TEST = MethodType.methodType(boolean.class, Object.class, Object.class);
    private static final MethodType MASK = MethodType.methodType(long.class, Object.class, Object.class);
    private static final MethodHandle BIT = own("bit", long.class, boolean.class, long.class);
    private static final MethodHandle BOTH = own("both", long.class, long.class, long.class);

    private Suspects() {}

    /** Tells whether the values of this field differ by {@code equals}; empty if that proves nothing. */
    static Optional<MethodHandle> test(Property primary, Property secondary) {
        Class<?> type = primary.getter().type().returnType();
        if (type != secondary.getter().type().returnType() || !TrustedEquals.isTrusted(type)) {
            return Optional.empty();
        }
        Class<?> compared = comparedAs(type);
        MethodHandle test = own("differ", boolean.class, compared, compared)
                .asType(MethodType.methodType(boolean.class, type, type));
        return Optional.of(MethodHandles.filterArguments(test, 0, primary.getter(), secondary.getter())
                .asType(TEST));
    }

    /** Tells for all fields at once which of them differ or have no test. */
    static MethodHandle among(List<Optional<MethodHandle>> tests) {
        long untested = 0;
        MethodHandle mask = null;
        for (int i = 0; i < tests.size(); i++) {
            Optional<MethodHandle> test = tests.get(i);
            if (i >= Plan.LAST_BIT || test.isEmpty()) {
                untested |= 1L << Math.min(i, Plan.LAST_BIT);
                continue;
            }
            MethodHandle bit =
                    MethodHandles.filterReturnValue(test.get(), MethodHandles.insertArguments(BIT, 1, 1L << i));
            mask = mask == null ? bit : both(mask, bit);
        }
        MethodHandle rest =
                MethodHandles.dropArguments(MethodHandles.constant(long.class, untested), 0, MASK.parameterList());
        return mask == null ? rest : both(mask, rest);
    }

    private static MethodHandle both(MethodHandle x, MethodHandle y) {
        MethodHandle four = MethodHandles.collectArguments(MethodHandles.collectArguments(BOTH, 1, y), 0, x);
        return MethodHandles.permuteArguments(four, MASK, 0, 1, 0, 1);
    }

    private static Class<?> comparedAs(Class<?> type) {
        if (!type.isPrimitive()) {
            return Object.class;
        }
        boolean wide = type == boolean.class || type == long.class || type == double.class || type == float.class;
        return wide ? type : int.class;
    }

    private static MethodHandle own(String name, Class<?> result, Class<?> first, Class<?> second) {
        try {
            return MethodHandles.lookup()
                    .findStatic(Suspects.class, name, MethodType.methodType(result, first, second));
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(name, impossible);
        }
    }

    @SuppressWarnings("unused") // by name, as those below
    private static boolean differ(Object x, Object y) {
        return !Objects.equals(x, y);
    }

    @SuppressWarnings("unused")
    private static boolean differ(boolean x, boolean y) {
        return x != y;
    }

    @SuppressWarnings("unused")
    private static boolean differ(int x, int y) {
        return x != y;
    }

    @SuppressWarnings("unused")
    private static boolean differ(long x, long y) {
        return x != y;
    }

    @SuppressWarnings("unused")
    private static boolean differ(float x, float y) {
        return Float.compare(x, y) != 0;
    }

    @SuppressWarnings("unused")
    private static boolean differ(double x, double y) {
        return Double.compare(x, y) != 0;
    }

    @SuppressWarnings("unused")
    private static long bit(boolean differs, long bit) {
        return differs ? bit : 0;
    }

    @SuppressWarnings("unused")
    private static long both(long x, long y) {
        return x | y;
    }
}
