package dev.crossfade;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that writes: it runs on the primary, the keys it touched are recorded, and the secondary follows.
 *
 * <p>The keys come from parameters marked {@link Key}, from entities among the arguments (single, or in a collection,
 * array, {@code Optional} or as a map's values), or from the result (an entity, entities, or keys if the method itself
 * is marked {@code @Key}). A method whose name begins with {@code delete} or {@code remove} may delete without saying
 * so, and so may one that names an old key beside the new one. An annotation on a method of an interface above holds
 * for the methods that override it, until they carry one of their own.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Write {
    /** Whether the row may be gone afterwards. If it is gone without this, the key is parked. */
    boolean mayDelete() default false;

    /**
     * For a write by predicate that returns only a count: the name of a read with the same parameters that lists the
     * keys. It runs first, in the same transaction; a count that differs from the list rolls back and is tried again.
     * Needs a store with transactions. Empty for all other writes.
     */
    String keysListedBy() default "";
}
