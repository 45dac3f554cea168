package dev.crossfade.control;

import dev.crossfade.spi.Platform;

/**
 * Where a migration's settings come from: {@link OpenFeatureControl} for a flag service, {@link ManualControl} for a
 * program or a test.
 *
 * <p>A control only proposes: bad input never reaches the migration as settings, and a wish for a stage passes the
 * gates like any operator's call.
 */
public interface Control {

    /**
     * Begins to deliver settings to the sink, until the feed is closed. Called once, by {@code start()} of the
     * migration; returns after the first delivery where one is to be had within two seconds.
     *
     * @param migration the migration's name
     * @param platform  time and threads; a control makes no thread of its own without it
     * @param sink      takes settings; may be called from any thread, one call at a time
     */
    Feed open(String migration, Platform platform, Sink sink);

    /** What a control delivers to. Its methods return soon and never wait for the control. */
    interface Sink {
        /** New good settings for callers without attributes. Takes effect on the next call. */
        void accept(Settings settings);

        /**
         * Input that was not accepted; the last good settings stay in force. Called for every rejected input, the
         * migration counts all and logs one line per episode.
         *
         * @param reason what was wrong, without the flag's value
         */
        void reject(String reason);

        /**
         * All input was good, whether or not it changed anything: an episode of rejections is over. Called after every
         * complete refresh, so the time since the last call tells of a control that has fallen silent.
         */
        default void confirm() {}
    }

    /** A control at work. */
    interface Feed extends AutoCloseable {
        /** Whether callers may see settings that differ by their attributes; false makes {@link #forCaller} unused. */
        boolean isSegmented();

        /**
         * The settings for the calling thread's attributes. Never blocks and never throws: where they are not known
         * yet, the base settings answer.
         */
        Settings forCaller(Settings base);

        /** Stops delivery and the threads of this feed; waits at most a second. */
        @Override
        void close();
    }
}
