package dev.crossfade.compare;

import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One readable field of a class.
 *
 * @param name   the record component, bean property or field
 * @param type   its declared type, with what is known of type arguments
 * @param reader reads it; throws what the accessor throws
 */
record Property(String name, Type type, Function<Object, @Nullable Object> reader) {}
