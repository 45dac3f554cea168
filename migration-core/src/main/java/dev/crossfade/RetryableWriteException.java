package dev.crossfade;

/**
 * A write met a change made at the same time; its transaction was rolled back and nothing of it was written. Try again:
 * where Crossfade owns the transaction it has already done so {@value PhaseMovedException#ATTEMPTS} times.
 */
public class RetryableWriteException extends MigrationException {
    public RetryableWriteException(String migration, String message) {
        super(migration, message);
    }

    public RetryableWriteException(String migration, String message, Throwable cause) {
        super(migration, message, cause);
    }
}
