package dev.crossfade;

import dev.crossfade.backfill.PageByKey;
import dev.crossfade.compare.ComparisonRules;
import dev.crossfade.spi.BackfillSource;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Describes the entity of a repository: the operations that move its state, and how two results are compared.
 *
 * <p>The state operations are declared once and used by every path that brings the secondary up to date. They are called
 * on either implementation directly, never through the migration, from the relay's threads.
 *
 * @param <R> the repository interface
 * @param <E> the entity
 * @param <K> its key
 */
public final class EntityBuilder<R, E, K> {
    private final Class<E> type;
    private final Function<? super E, ? extends @Nullable K> key;
    private String name;
    private @Nullable BiFunction<R, K, Optional<E>> find;
    private @Nullable BiConsumer<R, E> overwrite;
    private @Nullable BiConsumer<R, K> delete;
    private @Nullable BiFunction<R, Collection<K>, ? extends Iterable<E>> findAll;
    private @Nullable BiConsumer<R, Collection<E>> overwriteAll;
    private @Nullable BiConsumer<R, Collection<K>> deleteAll;
    private @Nullable KeyMapping<?, ?> mapping;
    private @Nullable PageByKey<R, E, K> pages;
    private @Nullable ToLongFunction<R> count;
    private BackfillSource.@Nullable Factory source;
    private @Nullable UnaryOperator<K> normalise;
    private final ComparisonRules.Builder rules = ComparisonRules.builder();

    EntityBuilder(Class<E> type, Function<? super E, ? extends @Nullable K> key) {
        this.type = type;
        this.key = key;
        this.name = type.getSimpleName();
    }

    /** The entity's name in the ledger, meters and logs; by default the class's simple name. Unique in the migration. */
    public EntityBuilder<R, E, K> named(String entityName) {
        this.name = entityName;
        return this;
    }

    /**
     * Reads the whole present state of a key, past any cache; empty if there is no such row. By convention {@code
     * findById}, where the repository has one.
     */
    public EntityBuilder<R, E, K> find(BiFunction<R, K, Optional<E>> operation) {
        this.find = operation;
        return this;
    }

    /**
     * Makes the row of the entity's key equal to the entity, whether or not it exists: verbatim, idempotent, and by key
     * only. It touches no other row, raises no version, stamps no time and fires no event. Has to be declared: an
     * ordinary {@code save} does some of these things.
     */
    public EntityBuilder<R, E, K> overwrite(BiConsumer<R, E> operation) {
        this.overwrite = operation;
        return this;
    }

    /**
     * Deletes the row of a key; no error if there is none. By convention {@code deleteById}, where the repository has
     * one.
     */
    public EntityBuilder<R, E, K> delete(BiConsumer<R, K> operation) {
        this.delete = operation;
        return this;
    }

    /** {@link #find} for several keys in one round trip; absent rows are left out. */
    public EntityBuilder<R, E, K> findAll(BiFunction<R, Collection<K>, ? extends Iterable<E>> operation) {
        this.findAll = operation;
        return this;
    }

    /** {@link #overwrite} for several entities in one transaction. */
    public EntityBuilder<R, E, K> overwriteAll(BiConsumer<R, Collection<E>> operation) {
        this.overwriteAll = operation;
        return this;
    }

    /** {@link #delete} for several keys in one transaction. */
    public EntityBuilder<R, E, K> deleteAll(BiConsumer<R, Collection<K>> operation) {
        this.deleteAll = operation;
        return this;
    }

    /**
     * How a backfill reads the rows: by a method of the repository that pages by key. It writes by the operations above;
     * {@link #findAll} and {@link #overwriteAll} make it several times as fast.
     */
    public EntityBuilder<R, E, K> backfill(PageByKey<R, E, K> pages) {
        this.pages = pages;
        return this;
    }

    /**
     * As {@link #backfill(PageByKey)}, with percent and time to go.
     *
     * @param count about how many rows the repository has; called once for each start, and should not take long
     */
    public EntityBuilder<R, E, K> backfill(PageByKey<R, E, K> pages, ToLongFunction<R> count) {
        this.count = count;
        return backfill(pages);
    }

    /** How a backfill reads and writes the rows past the repository, such as from table to table. */
    public EntityBuilder<R, E, K> backfill(BackfillSource.Factory rows) {
        this.source = rows;
        return this;
    }

    /** How legacy keys become new keys. Without an inverse the primary cannot move to the new side. */
    public EntityBuilder<R, E, K> keyMapping(KeyMapping<?, ?> keyMapping) {
        this.mapping = keyMapping;
        return this;
    }

    /**
     * Makes one key of all that the stores take for the same one, as {@code key -> key.strip().toLowerCase(Locale.ROOT)}
     * for text in a column that ignores case and blanks at the end; else writes of one row would be told apart. The same for
     * the same key, always, and its own normal form unchanged; null is never passed. By default every key stands for itself.
     *
     * <p>Find and delete get normal forms. A store whose column tells the spellings apart has to keep its keys in that form.
     */
    public EntityBuilder<R, E, K> normaliseKeys(UnaryOperator<K> toNormalForm) {
        this.normalise = toNormalForm;
        return this;
    }

    /** How results that hold this entity are compared. */
    public EntityBuilder<R, E, K> compare(Consumer<ComparisonRules.Builder> comparison) {
        comparison.accept(rules);
        return this;
    }

    Class<E> type() {
        return type;
    }

    String name() {
        return name;
    }

    Function<? super E, ? extends @Nullable K> key() {
        return key;
    }

    @Nullable
    BiFunction<R, K, Optional<E>> find() {
        return find;
    }

    @Nullable
    BiConsumer<R, E> overwrite() {
        return overwrite;
    }

    @Nullable
    BiConsumer<R, K> delete() {
        return delete;
    }

    @Nullable
    BiFunction<R, Collection<K>, ? extends Iterable<E>> findAll() {
        return findAll;
    }

    @Nullable
    BiConsumer<R, Collection<E>> overwriteAll() {
        return overwriteAll;
    }

    @Nullable
    BiConsumer<R, Collection<K>> deleteAll() {
        return deleteAll;
    }

    @Nullable
    KeyMapping<?, ?> mapping() {
        return mapping;
    }

    @Nullable
    PageByKey<R, E, K> pages() {
        return pages;
    }

    @Nullable
    ToLongFunction<R> count() {
        return count;
    }

    BackfillSource.@Nullable Factory source() {
        return source;
    }

    @Nullable
    UnaryOperator<K> normalise() {
        return normalise;
    }

    ComparisonRules.Builder rules() {
        return rules;
    }
}
