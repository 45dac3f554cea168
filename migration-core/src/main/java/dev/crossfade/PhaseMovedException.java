package dev.crossfade;

/**
 * The primary moved or is about to move, so a write could not begin or could not be confirmed. Nothing of it was
 * written. The write has waited for as long as writers wait; try again.
 */
public class PhaseMovedException extends RetryableWriteException {
    /** How often a write that Crossfade owns is tried before this exception reaches the caller. */
    public static final int ATTEMPTS = 3;

    public PhaseMovedException(String migration, String message) {
        super(migration, message);
    }
}
