package dev.crossfade.internal.read;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import dev.crossfade.CallScope;
import dev.crossfade.WriteToken;
import dev.crossfade.spi.EntityKey;
import dev.crossfade.spi.Ledger;
import dev.crossfade.spi.Version;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Read-your-writes: sends a read to the primary while the secondary may lack what the reader has written.
 *
 * <p>Reads by key ask the ledger about the key. Queries ask about the subject's last write: everything up to it must be
 * synced, which is stricter than needed and never wrong.
 */
public final class ReadGuard {
    /** Subjects remembered, unless their writes are synced or the cache is full. */
    static final int MAX_SUBJECTS = 100_000;

    private static final Version NEVER = new Version(0, 0);

    private final String migration;
    private final Ledger ledger;

    /** Tells the tokens of this ledger from those of another process, whose versions mean nothing here. */
    private final String instance = Long.toHexString(ThreadLocalRandom.current().nextLong());

    private final Cache<String, Version> lastWrites;

    /** The newest write of a subject that the cache had no room for. Written under {@code this}. */
    private volatile Version forgotten = NEVER;

    /** Everything up to here is known to be synced. Written under {@code this}. */
    private volatile Version settled = NEVER;

    public ReadGuard(String migration, Ledger ledger) {
        this.migration = migration;
        this.ledger = ledger;
        this.lastWrites = Caffeine.newBuilder()
                .maximumSize(MAX_SUBJECTS)
                .executor(Runnable::run)
                .evictionListener((@Nullable String subject, @Nullable Version version, RemovalCause cause) -> {
                    if (version != null) {
                        forget(version);
                    }
                })
                .build();
    }

    private synchronized void forget(Version version) {
        forgotten = later(forgotten, version);
    }

    private static Version later(Version a, Version b) {
        return a.isBefore(b) ? b : a;
    }

    /** The subject wrote up to this version. */
    public void wrote(@Nullable String subject, Version version) {
        if (subject != null) {
            lastWrites.asMap().merge(subject, version, ReadGuard::later);
        }
    }

    /** Whether what the caller has seen elsewhere can be looked up here; if not, the primary alone can answer him. */
    boolean understands(CallScope scope) {
        WriteToken token = scope.token();
        return token == null || !isOfThisMigration(token) || token.instance().equals(instance);
    }

    /** Whether the secondary may answer a read of this key. */
    boolean allowsKey(EntityKey key) {
        return ledger.dirtyCount() == 0 || !ledger.isDirty(key);
    }

    /** Whether the secondary may answer a query of this caller, whom this guard understands. */
    boolean allowsQuery(CallScope scope) {
        WriteToken token = scope.token();
        if (token != null && isOfThisMigration(token) && !isSettled(token.version())) {
            return false;
        }
        String subject = scope.subject();
        return subject == null || allowsSubject(subject);
    }

    private boolean allowsSubject(String subject) {
        Version last = lastWrites.getIfPresent(subject);
        if (last == null) {
            return isSettled(forgotten);
        }
        if (!isSettled(last)) {
            return false;
        }
        lastWrites.asMap().remove(subject, last);
        return true;
    }

    private boolean isOfThisMigration(WriteToken token) {
        return token.migration().equals(migration);
    }

    private boolean isSettled(Version version) {
        if (!settled.isBefore(version)) {
            return true;
        }
        if (!ledger.isSettledThrough(version)) {
            return false;
        }
        synchronized (this) {
            settled = later(settled, version);
        }
        return true;
    }

    /** A token for everything that was written here until now. */
    public WriteToken token() {
        return new WriteToken(migration, instance, ledger.lastVersion());
    }
}
