package dev.crossfade.compare;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One readable field of a class.
 *
 * @param name   the record component, bean property or field
 * @param type   its declared type, with what is known of type arguments
 * @param getter reads it, typed; for use inside a larger handle only
 * @param reader reads it; throws what the accessor throws
 */
record Property(String name, Type type, MethodHandle getter, Function<Object, @Nullable Object> reader) {}
