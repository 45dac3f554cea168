package dev.crossfade.internal.method;

import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Calls one method of one target. Exceptions of the target come out as they are.
 *
 * <p>Methods of up to three arguments that return something are called by a generated class, as a lambda would: a
 * method handle that is no constant, taking its arguments from an array, costs about as much as all else that a routed
 * read does. Where classes cannot be generated, and for all other methods, the method handle remains.
 */
public final class Invoker {
    private static final MethodType SPREAD = MethodType.methodType(Object.class, Object[].class);

    private final Call call;

    private Invoker(Call call) {
        this.call = call;
    }

    /**
     * An invoker of an interface's method on the target.
     *
     * @throws InaccessibleObjectException if the interface's module does not let Crossfade call it
     */
    public static Invoker of(Method method, Object target) {
        Call generated = generated(method, target);
        return new Invoker(
                generated != null ? generated : spreading(handle(method).bindTo(target)));
    }

    private static MethodHandle handle(Method method) {
        try {
            return MethodHandles.publicLookup().unreflect(method);
        } catch (IllegalAccessException notPublic) {
            try {
                method.setAccessible(true);
                return MethodHandles.lookup().unreflect(method);
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
            return new Invoker(
                    spreading(lookup.unreflectSpecial(method, declaring).bindTo(proxy)));
        } catch (IllegalAccessException refused) {
            throw new InaccessibleObjectException(refused.getMessage());
        }
    }

    /** Calls the method. */
    public @Nullable Object invoke(@Nullable Object @Nullable [] arguments) throws Throwable {
        return call.with(arguments);
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

    /** A call with arguments as a proxy has them: {@code null} where there are none. */
    @FunctionalInterface
    private interface Call {
        @Nullable
        Object with(@Nullable Object @Nullable [] arguments) throws Throwable;
    }

    private static Call spreading(MethodHandle bound) {
        MethodHandle handle =
                bound.asSpreader(Object[].class, bound.type().parameterCount()).asType(SPREAD);
        return arguments -> (Object) handle.invokeExact(arguments);
    }

    /** Implemented by generated classes in the packages of repositories, and so public. */
    @FunctionalInterface
    public interface None {
        @Nullable
        Object call(Object target) throws Throwable;
    }

    /** As {@link None}, with an argument. */
    @FunctionalInterface
    public interface One {
        @Nullable
        Object call(Object target, @Nullable Object first) throws Throwable;
    }

    /** As {@link None}, with two arguments. */
    @FunctionalInterface
    public interface Two {
        @Nullable
        Object call(Object target, @Nullable Object first, @Nullable Object second) throws Throwable;
    }

    /** As {@link None}, with three arguments. */
    @FunctionalInterface
    public interface Three {
        @Nullable
        Object call(Object target, @Nullable Object first, @Nullable Object second, @Nullable Object third)
                throws Throwable;
    }

    /** A call by a generated class, or {@code null} where there can be none. */
    @SuppressWarnings("NullAway") // A proxy passes as many arguments as the method has.
    private static @Nullable Call generated(Method method, Object target) {
        if (method.getReturnType() == void.class || method.isVarArgs()) {
            return null;
        }
        try {
            switch (method.getParameterCount()) {
                case 0 -> {
                    None direct = (None) generated(method, None.class);
                    return arguments -> direct.call(target);
                }
                case 1 -> {
                    One direct = (One) generated(method, One.class);
                    return arguments -> direct.call(target, arguments[0]);
                }
                case 2 -> {
                    Two direct = (Two) generated(method, Two.class);
                    return arguments -> direct.call(target, arguments[0], arguments[1]);
                }
                case 3 -> {
                    Three direct = (Three) generated(method, Three.class);
                    return arguments -> direct.call(target, arguments[0], arguments[1], arguments[2]);
                }
                default -> {
                    return null;
                }
            }
        } catch (Throwable noClassesAtRunTime) {
            return null;
        }
    }

    private static Object generated(Method method, Class<?> as) throws Throwable {
        MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(method.getDeclaringClass(), MethodHandles.lookup());
        MethodHandle handle = lookup.unreflect(method);
        MethodType erased = handle.type().generic();
        return LambdaMetafactory.metafactory(
                        lookup,
                        "call",
                        MethodType.methodType(as),
                        erased,
                        handle,
                        handle.type().wrap())
                .getTarget()
                .invoke();
    }
}
