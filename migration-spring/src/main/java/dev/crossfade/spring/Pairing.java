package dev.crossfade.spring;

/**
 * Two beans behind one interface.
 *
 * @param where what the annotation stands on, for messages
 */
record Pairing(Class<?> type, String migration, String from, String to, Class<?> where) {

    /** How messages name it. */
    String title() {
        return type == where ? type.getSimpleName() : type.getSimpleName() + " (on " + where.getSimpleName() + ")";
    }

    /** The name of the primary bean. */
    String beanName() {
        return "migrated" + type.getSimpleName();
    }
}
