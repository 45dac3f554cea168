package dev.crossfade;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, for the calls of one thread: the subject (a user, session or tenant) whose reads keep to one side, and the
 * attributes by which flags may tell segments apart.
 *
 * <pre>{@code
 * try (var scope = CallScope.subject("user-42").with("region", "eu").open()) {
 *     orders.findByCustomer(42);
 * }
 * }</pre>
 *
 * <p>A scope belongs to the thread that opened it and ends with {@code close()}, which brings back the one before.
 * Nothing of it appears in logs, meters or events.
 */
public final class CallScope {
    private static final ThreadLocal<@Nullable CallScope> CURRENT = new ThreadLocal<>();
    private static final CallScope NOBODY = new CallScope(null, Map.of(), null);

    private final @Nullable String subject;
    private final Map<String, String> attributes;
    private final @Nullable WriteToken token;

    private CallScope(@Nullable String subject, Map<String, String> attributes, @Nullable WriteToken token) {
        this.subject = subject;
        this.attributes = attributes;
        this.token = token;
    }

    /** The scope of the calling thread; without subject and attributes where none is open. */
    public static CallScope current() {
        CallScope scope = CURRENT.get();
        return scope == null ? NOBODY : scope;
    }

    /** A scope for this subject, not yet open. */
    public static CallScope subject(String subject) {
        return new CallScope(Objects.requireNonNull(subject, "subject"), Map.of(), null);
    }

    /** A scope for these attributes without a subject, not yet open. */
    public static CallScope attributes(Map<String, String> attributes) {
        return new CallScope(null, Map.copyOf(attributes), null);
    }

    /** This scope and one attribute more, not yet open. */
    public CallScope with(String name, String value) {
        Map<String, String> more = new HashMap<>(attributes);
        more.put(name, value);
        return new CallScope(subject, Map.copyOf(more), token);
    }

    /**
     * This scope with proof of an earlier write, not yet open: its queries see that write. So do its reads by key on another
     * instance than the one that wrote, for whose tokens the primary answers everything.
     */
    public CallScope carrying(WriteToken proof) {
        return new CallScope(subject, attributes, Objects.requireNonNull(proof, "proof"));
    }

    /** The subject, or {@code null} where none is bound. */
    public @Nullable String subject() {
        return subject;
    }

    /** The proof of an earlier write, or {@code null}. */
    public @Nullable WriteToken token() {
        return token;
    }

    /** The attributes, never changing. */
    public Map<String, String> attributes() {
        return attributes;
    }

    /** Makes this the scope of the calling thread until the result is closed, on the same thread. */
    public Opened open() {
        CallScope before = CURRENT.get();
        CURRENT.set(this);
        return () -> {
            if (before == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(before);
            }
        };
    }

    @Override
    public String toString() {
        return "CallScope[subject " + (subject == null ? "unbound" : "bound") + ", " + attributes.size()
                + " attributes]";
    }

    /** An open scope. */
    @FunctionalInterface
    public interface Opened extends AutoCloseable {
        @Override
        void close();
    }
}
