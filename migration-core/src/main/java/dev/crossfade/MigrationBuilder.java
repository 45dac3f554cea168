package dev.crossfade;

import dev.crossfade.control.Control;
import dev.crossfade.control.Stage;
import dev.crossfade.event.MigrationListener;
import dev.crossfade.internal.memory.InMemoryCoordination;
import dev.crossfade.internal.memory.InMemoryLedger;
import dev.crossfade.spi.Coordination;
import dev.crossfade.spi.Platform;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Describes a migration. {@link #build()} checks everything and reports all mistakes in one message; it starts no
 * thread and touches no store. For one thread.
 */
public final class MigrationBuilder {
    /** How long a write waits while the primary moves, unless set otherwise. */
    public static final Duration DEFAULT_WRITERS_WAIT = Duration.ofSeconds(2);

    /** How long {@code close()} lets the relay drain, unless set otherwise. */
    public static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(10);

    /** How old the last full and clean reconciliation may be when the primary moves to the new store, unless set otherwise. */
    public static final Duration DEFAULT_RECONCILED_WITHIN = Duration.ofHours(24);

    private final String name;
    private @Nullable Store legacy;
    private @Nullable Store next;
    private final List<RepositoryBuilder<?>> repositories = new ArrayList<>();
    private @Nullable Control control;
    private @Nullable Stage startingAt;
    private @Nullable String salt;
    private final List<MigrationListener> listeners = new ArrayList<>();
    private MeterRegistry meters = Metrics.globalRegistry;
    private Platform platform = Platform.system();
    private Coordination.@Nullable Factory coordination;
    private int ledgerCapacity = InMemoryLedger.DEFAULT_CAPACITY;
    private Duration writersWait = DEFAULT_WRITERS_WAIT;
    private Duration closeTimeout = DEFAULT_CLOSE_TIMEOUT;
    private @Nullable Duration reconciledWithin = DEFAULT_RECONCILED_WITHIN;
    private final ReadOptions reads = new ReadOptions();
    private final RelayOptions relay = new RelayOptions();
    private final ShadowReadOptions shadowReads = new ShadowReadOptions();

    MigrationBuilder(String name) {
        this.name = Objects.requireNonNull(name, "name");
    }

    /** The two stores. */
    public MigrationBuilder between(Store legacyStore, Store newStore) {
        this.legacy = legacyStore;
        this.next = newStore;
        return this;
    }

    /** A repository that migrates; call it once for each. All of them move together. */
    public <R> MigrationBuilder repository(Class<R> type, Consumer<RepositoryBuilder<R>> description) {
        RepositoryBuilder<R> repository = new RepositoryBuilder<>(type);
        description.accept(repository);
        repositories.add(repository);
        return this;
    }

    /** Where dials, the kill switch and wishes come from. */
    public MigrationBuilder control(Control source) {
        this.control = source;
        return this;
    }

    /**
     * The stage that a fence without a memory begins at. Needed with the in-memory fence where the last process stopped
     * beyond {@code LEGACY_ONLY}; a fence that remembers ignores it.
     */
    public MigrationBuilder startingAt(Stage stage) {
        this.startingAt = stage;
        return this;
    }

    /**
     * The salt of the sticky buckets; by default the migration's name. Migrations with the same salt send the same keys
     * to the new side first. Changing it moves keys from one side to the other.
     */
    public MigrationBuilder salt(String bucketSalt) {
        this.salt = bucketSalt;
        return this;
    }

    /** Hears what happens; call it once for each listener. */
    public MigrationBuilder listener(MigrationListener listener) {
        listeners.add(listener);
        return this;
    }

    /** Where meters go; by default Micrometer's global registry. */
    public MigrationBuilder meters(MeterRegistry registry) {
        this.meters = registry;
        return this;
    }

    /** How reads treat the secondary. */
    public MigrationBuilder reads(Consumer<ReadOptions> options) {
        options.accept(reads);
        return this;
    }

    /** How dirty keys are refreshed. */
    public MigrationBuilder relay(Consumer<RelayOptions> options) {
        options.accept(relay);
        return this;
    }

    /** How shadow reads are made. */
    public MigrationBuilder shadowReads(Consumer<ShadowReadOptions> options) {
        options.accept(shadowReads);
        return this;
    }

    /**
     * The most dirty keys that this process keeps in memory, at least 1; default 100 000. Beyond it an in-memory ledger
     * loses track, while a ledger in the database keeps the rest there.
     */
    public MigrationBuilder ledgerCapacity(int keys) {
        this.ledgerCapacity = keys;
        return this;
    }

    /** How long a write waits while the primary moves; default 2 s. */
    public MigrationBuilder writersWait(Duration limit) {
        this.writersWait = limit;
        return this;
    }

    /** How long {@code close()} lets the relay drain; default 10 s. */
    public MigrationBuilder closeTimeout(Duration limit) {
        this.closeTimeout = limit;
        return this;
    }

    /**
     * The primary moves to the new store, and legacy is left, only if every entity with a backfill was compared in full in
     * this generation, the last time cleanly, in a run that began no longer ago than this; default 24 h. The way back is always
     * open.
     *
     * @param maxAge more than zero
     */
    public MigrationBuilder requireReconciliation(Duration maxAge) {
        this.reconciledWithin = maxAge;
        return this;
    }

    /**
     * The primary may move to the new store without a reconciliation: nothing but backfill, shadow reads and what a person
     * knows says that the stores are equal then. Shows in the status.
     */
    public MigrationBuilder requireNoReconciliation() {
        this.reconciledWithin = null;
        return this;
    }

    /**
     * Fence and ledger of another kind; by default those that the two stores keep between them, or else in-memory ones.
     */
    public MigrationBuilder coordinatedBy(Coordination.Factory factory) {
        this.coordination = factory;
        return this;
    }

    /** Time and threads other than the JVM's own; for tests. */
    public MigrationBuilder platform(Platform timeAndThreads) {
        this.platform = timeAndThreads;
        return this;
    }

    /**
     * Checks everything and makes the migration.
     *
     * @throws ConfigurationException with all mistakes, each with its fix
     */
    public Migration build() {
        return new Assembly(this).assemble();
    }

    Coordination.Factory coordination() {
        if (coordination != null) {
            return coordination;
        }
        Optional<Coordination.Factory> ofStores =
                legacy == null || next == null ? Optional.empty() : legacy.coordinationWith(next);
        return ofStores.orElse(InMemoryCoordination::new);
    }

    String name() {
        return name;
    }

    @Nullable
    Store legacy() {
        return legacy;
    }

    @Nullable
    Store next() {
        return next;
    }

    List<RepositoryBuilder<?>> repositories() {
        return repositories;
    }

    @Nullable
    Control control() {
        return control;
    }

    @Nullable
    Stage startingAt() {
        return startingAt;
    }

    int ledgerCapacity() {
        return ledgerCapacity;
    }

    String salt() {
        return salt == null ? name : salt;
    }

    List<MigrationListener> listeners() {
        return listeners;
    }

    MeterRegistry meters() {
        return meters;
    }

    Platform platform() {
        return platform;
    }

    Duration writersWait() {
        return writersWait;
    }

    Duration closeTimeout() {
        return closeTimeout;
    }

    @Nullable
    Duration reconciledWithin() {
        return reconciledWithin;
    }

    ReadOptions reads() {
        return reads;
    }

    RelayOptions relay() {
        return relay;
    }

    ShadowReadOptions shadowReads() {
        return shadowReads;
    }
}
