package dev.crossfade.internal.view;

import dev.crossfade.control.Control;
import dev.crossfade.control.Settings;
import dev.crossfade.spi.Fence;
import dev.crossfade.spi.Platform;
import org.jspecify.annotations.Nullable;

/** Keeps the current view and makes a new one whenever something that it holds has changed. */
public final class Views {
    private final Fence fence;
    private final Platform platform;

    /** Written under {@code this}; the hot path's one volatile read. */
    private volatile View current;

    /** Guarded by {@code this}. */
    private Settings settings = Settings.NONE;

    /** Guarded by {@code this}. */
    private boolean lagging;

    /** Guarded by {@code this}. */
    private boolean hasParked;

    /** Guarded by {@code this}. */
    private boolean retired;

    private volatile long renewedAt;

    private volatile Control.@Nullable Feed segments;

    public Views(Fence fence, Platform platform) {
        this.fence = fence;
        this.platform = platform;
        this.current = new View(fence.view(), settings, false, false);
        this.renewedAt = platform.nanoTime();
        fence.onChange(this::renew);
    }

    /** The view for a call of this thread. */
    public View current() {
        View view = current;
        Control.Feed feed = segments;
        return feed == null ? view : forCaller(view, feed);
    }

    // The feed returns the very settings that it was given where nothing differs.
    private static View forCaller(View view, Control.Feed feed) {
        Settings own = feed.forCaller(view.settings);
        return own == view.settings ? view : view.with(own);
    }

    /** The view for callers without attributes. */
    public View base() {
        return current;
    }

    public void segmentedBy(Control.Feed feed) {
        segments = feed;
    }

    /** From now on every read goes to the primary, whatever the settings say. */
    public synchronized void retire() {
        retired = true;
        segments = null;
        renew();
    }

    public synchronized void settings(Settings changed) {
        settings = changed;
        renew();
    }

    /** Takes over what the ledger's state means for reads. */
    public synchronized void health(boolean nowLagging, boolean nowParked) {
        lagging = nowLagging;
        hasParked = nowParked;
        renew();
    }

    private synchronized void renew() {
        Settings inForce = retired ? settings.withReadsToPrimary(true) : settings;
        current = new View(fence.view(), inForce, lagging, hasParked);
        renewedAt = platform.nanoTime();
    }

    /** Nanoseconds since the view was last made. */
    public long ageNanos() {
        return platform.nanoTime() - renewedAt;
    }
}
