package dev.crossfade.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * Pairs two beans, one on the legacy store and one on the new store, behind one primary bean of the repository's interface.
 *
 * <pre>{@code
 * @MigratedRepository(migration = "orders", from = "legacyOrders", to = "newOrders")
 * interface OrderRepository { ... }
 * }</pre>
 *
 * <p>Whoever injects the interface gets the migrating repository. The two originals stay injectable by {@code @Qualifier} with
 * their bean names, and only so. The primary bean is named {@code migrated} and the interface's simple name.
 *
 * <p>For an interface that cannot be annotated, put it on a configuration and name the {@link #type}.
 *
 * <p>Calls that an implementation makes to itself do not pass the migration: other beans have to call the interface.
 */
@Documented
@Reflective
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Repeatable(MigratedRepository.List.class)
public @interface MigratedRepository {

    /** The migration that the repository belongs to; repositories of one migration move together. */
    String migration();

    /** The name of the bean on the legacy store, a singleton. */
    String from();

    /** The name of the bean on the new store, a singleton. */
    String to();

    /** The repository's interface, where the annotation does not stand on it. */
    Class<?> type() default void.class;

    /** Several of them on one configuration. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.TYPE)
    @interface List {
        /** The repositories. */
        MigratedRepository[] value();
    }
}
