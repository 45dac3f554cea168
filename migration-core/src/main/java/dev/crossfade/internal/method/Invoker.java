package dev.crossfade.internal.method;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Calls one method of one target. Exceptions of the target come out as they are. */
public final class Invoker {
    private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);

    private final MethodHandle handle;

    private Invoker(MethodHandle bound) {
        this.handle =
                bound.asSpreader(Object[].class, bound.type().parameterCount()).asType(SPREAD);
    }

    /**
     * An invoker of an interface's method on the target.
     *
     * @throws InaccessibleObjectException if the interface's module does not let Crossfade call it
     */
    public static Invoker of(Method method, Object target) {
        try {
            return new Invoker(MethodHandles.publicLookup().unreflect(method).bindTo(target));
        } catch (IllegalAccessException notPublic) {
            try {
                method.setAccessible(true);
                return new Invoker(MethodHandles.lookup().unreflect(method).bindTo(target));
            } catch (IllegalAccessException refused) {
                throw new InaccessibleObjectException(refused.getMessage());
            }
        }
    }

    /** An invoker of a default method's own body on the proxy, so that the calls that it makes are routed. */
    public static Invoker ofDefault(Method method, Object proxy) {
        Class<?> declaring = method.getDeclaringClass();
        try {
            MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(declaring, MethodHandles.lookup());
            return new Invoker(lookup.unreflectSpecial(method, declaring).bindTo(proxy));
        } catch (IllegalAccessException refused) {
            throw new InaccessibleObjectException(refused.getMessage());
        }
    }

    /** Calls the method. */
    public @Nullable Object invoke(@Nullable Object @Nullable [] arguments) throws Throwable {
        return (Object) handle.invokeExact(arguments);
    }

    /** Calls the method from where nothing may be declared; exceptions still come out as they are. */
    public @Nullable Object invokeSneaky(@Nullable Object... arguments) {
        try {
            return invoke(arguments);
        } catch (Throwable failure) {
            throw Invoker.<RuntimeException>sneaky(failure);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Throwable> X sneaky(Throwable failure) throws X {
        throw (X) failure;
    }
}
