package dev.crossfade.control;

/** What came of one evaluation of a flag. Reasons never carry the flag's value. */
sealed interface Reading<T> {
    /** A value that can be used. */
    record Good<T>(T value) implements Reading<T> {}

    /** The flag does not exist or is switched off at the provider, so it has no opinion. */
    record Absent<T>(String reason) implements Reading<T> {}

    /** The provider is not ready yet. */
    record NotReady<T>(String reason) implements Reading<T> {}

    /** The provider failed, or what it said is not allowed. */
    record Bad<T>(String reason) implements Reading<T> {}
}
