package dev.crossfade.jdbc.kill;

/** Where a child can be told to die. */
public enum CrashPoint {
    BEFORE_COMMIT("beforeCommit"),
    AFTER_PRIMARY_COMMIT("afterPrimaryCommit"),
    AFTER_APPLY("afterApply"),
    AFTER_DRAIN("afterDrain"),
    AFTER_PREPARE("afterPrepare"),
    AFTER_RELEASE("afterRelease"),
    AFTER_CLAIM("afterClaim"),
    AFTER_SPLIT("afterSplit"),
    AFTER_PAGE("afterPage"),
    AFTER_MARK("afterMark"),
    AFTER_CHECKPOINT("afterCheckpoint");

    /** No JVM and no signal ends a process with one of these by itself. */
    private static final int FIRST_EXIT_CODE = 60;

    private final String label;

    CrashPoint(String label) {
        this.label = label;
    }

    /** The name on the children's input and in the library's hooks. */
    public String label() {
        return label;
    }

    /** What a child that died here exits with. */
    int exitCode() {
        return FIRST_EXIT_CODE + ordinal();
    }

    static CrashPoint named(String label) {
        for (CrashPoint point : values()) {
            if (point.label.equals(label)) {
                return point;
            }
        }
        throw new IllegalArgumentException("No crash point is called " + label);
    }
}
