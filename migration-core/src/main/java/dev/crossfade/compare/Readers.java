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

    private static final MethodHandle APPLY_READER = applyReader();

    private Readers() {}

    /** The property that this accessor reads. */
    static Property property(String name, Method accessor) throws IllegalAccessException {
        MethodHandles.Lookup lookup;
        try {
            lookup = MethodHandles.privateLookupIn(accessor.getDeclaringClass(), MethodHandles.lookup());
        } catch (IllegalAccessException encapsulated) {
            MethodHandle handle = MethodHandles.publicLookup().unreflect(accessor);
            return new Property(name, accessor.getGenericReturnType(), handle, invoking(handle));
        }
        MethodHandle handle = lookup.unreflect(accessor);
        return new Property(name, accessor.getGenericReturnType(), handle, generated(lookup, handle));
    }

    /** The property that this field holds. */
    static Property property(Field field) throws IllegalAccessException {
        MethodHandle handle = MethodHandles.privateLookupIn(field.getDeclaringClass(), MethodHandles.lookup())
                .unreflectGetter(field);
        return new Property(field.getName(), field.getGenericType(), handle, invoking(handle));
    }

    /** The property inner of the object in the property outer; null where there is no such object. */
    static Property chained(String name, Property outer, Property inner) {
        Function<Object, @Nullable Object> reader = target -> {
            Object nested = outer.reader().apply(target);
            return nested == null ? null : inner.reader().apply(nested);
        };
        MethodHandle apply = APPLY_READER.bindTo(reader);
        return new Property(name, inner.type(), apply, reader);
    }

    private static Function<Object, @Nullable Object> generated(MethodHandles.Lookup lookup, MethodHandle handle) {
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
    static <E extends Throwable> E unchecked(Throwable failure) throws E {
        throw (E) failure;
    }

    private static MethodHandle applyReader() {
        try {
            return MethodHandles.publicLookup().findVirtual(Function.class, "apply", APPLY);
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError("apply", impossible);
        }
    }
}
