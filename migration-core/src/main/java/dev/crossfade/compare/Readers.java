package dev.crossfade.compare;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes readers of accessors and fields. An accessor becomes a generated class, as a lambda would, because a method
 * handle that is no constant costs several times as much per call; where that is denied, the method handle remains.
 */
final class Readers {

    private static final MethodType FUNCTION = MethodType.methodType(Function.class);
    private static final MethodType APPLY = MethodType.methodType(Object.class, Object.class);

    private Readers() {}

    /** A reader of this accessor. */
    static Function<Object, @Nullable Object> of(Method accessor) throws IllegalAccessException {
        MethodHandles.Lookup lookup;
        try {
            lookup = MethodHandles.privateLookupIn(accessor.getDeclaringClass(), MethodHandles.lookup());
        } catch (IllegalAccessException encapsulated) {
            return invoking(MethodHandles.publicLookup().unreflect(accessor));
        }
        MethodHandle handle = lookup.unreflect(accessor);
        try {
            MethodType boxed = handle.type().wrap();
            MethodHandle factory = LambdaMetafactory.metafactory(lookup, "apply", FUNCTION, APPLY, handle, boxed)
                    .getTarget();
            @SuppressWarnings("unchecked") // what the factory was asked for
            Function<Object, @Nullable Object> reader = (Function<Object, @Nullable Object>)
                    factory.asType(FUNCTION).invokeExact();
            return reader;
        } catch (Throwable noClassesAtRunTime) {
            return invoking(handle);
        }
    }

    /** A reader of this field. */
    static Function<Object, @Nullable Object> of(Field field) throws IllegalAccessException {
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(field.getDeclaringClass(), MethodHandles.lookup());
        return invoking(lookup.unreflectGetter(field));
    }

    private static Function<Object, @Nullable Object> invoking(MethodHandle handle) {
        MethodHandle generic = handle.asType(APPLY);
        return target -> {
            try {
                return generic.invokeExact(target);
            } catch (Throwable failure) {
                throw Readers.<RuntimeException>unchecked(failure);
            }
        };
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <E extends Throwable> E unchecked(Throwable failure) throws E {
        throw (E) failure;
    }
}
