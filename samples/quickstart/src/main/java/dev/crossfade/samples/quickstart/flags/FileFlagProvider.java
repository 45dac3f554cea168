package dev.crossfade.samples.quickstart.flags;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.openfeature.sdk.ErrorCode;
import dev.openfeature.sdk.EvaluationContext;
import dev.openfeature.sdk.EventProvider;
import dev.openfeature.sdk.Metadata;
import dev.openfeature.sdk.ProviderEvaluation;
import dev.openfeature.sdk.ProviderEventDetails;
import dev.openfeature.sdk.Reason;
import dev.openfeature.sdk.Value;
import dev.openfeature.sdk.exceptions.GeneralError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Flags from a JSON object in a file, flag key to value, without targeting.
 *
 * <p>The file is read every {@link #DEFAULT_PERIOD}, and a change is told to OpenFeature as a configuration change.
 * While the file is missing or no JSON, as in the middle of an edit, the last good content stays and the provider is
 * stale. Safe for use by many threads; owns one daemon thread between initialisation and shutdown.
 */
public final class FileFlagProvider extends EventProvider {
    public static final Duration DEFAULT_PERIOD = Duration.ofMillis(250);

    private static final Logger log = LoggerFactory.getLogger(FileFlagProvider.class);
    private static final int MAX_BYTES = 1 << 20;
    private static final long SHUTDOWN_MILLIS = 1_000;
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Path file;
    private final Duration period;
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "flag-file");
        thread.setDaemon(true);
        return thread;
    });

    /** The last good content; null before there was any. Written by one thread at a time. */
    private volatile @Nullable Map<String, JsonNode> flags;

    /** The bytes last looked at, good or bad. Initialisation writes it before the watcher starts, then the watcher. */
    private byte @Nullable [] seen;

    /** Whether the file's present content is unusable. Same writers as {@link #seen}. */
    private boolean stale;

    public FileFlagProvider(Path file) {
        this(file, DEFAULT_PERIOD);
    }

    /** @param period between looks at the file */
    public FileFlagProvider(Path file, Duration period) {
        this.file = file;
        this.period = period;
    }

    @Override
    public Metadata getMetadata() {
        return () -> "JSON file";
    }

    /**
     * Reads the file and begins to watch it.
     *
     * @throws GeneralError if there is no usable file yet; the watch goes on and reports ready once there is one
     */
    @Override
    public void initialize(EvaluationContext context) {
        String problem = look();
        ScheduledFuture<?> unused = watcher.scheduleWithFixedDelay(
                this::watch, period.toMillis(), period.toMillis(), TimeUnit.MILLISECONDS);
        if (problem != null) {
            stale = true;
            throw new GeneralError("Flag file " + file + " " + problem + "; it is looked at again every " + period);
        }
    }

    @Override
    public void shutdown() {
        watcher.shutdownNow();
        try {
            watcher.awaitTermination(SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        super.shutdown();
    }

    private void watch() {
        try {
            Map<String, JsonNode> before = flags;
            String problem = look();
            if (problem != null) {
                becomeStale(problem);
            } else {
                heal(before);
            }
        } catch (RuntimeException e) {
            log.error("Flag file {} - the look failed, next one in {}; the last good flags stay", file, period, e);
        }
    }

    private void becomeStale(String problem) {
        if (!stale) {
            stale = true;
            log.warn("Flag file {} {}; the last good flags stay in force until it is mended", file, problem);
            emitProviderStale(ProviderEventDetails.builder()
                    .message("the flag file " + problem)
                    .errorCode(ErrorCode.PARSE_ERROR)
                    .build());
        }
    }

    private void heal(@Nullable Map<String, JsonNode> before) {
        if (stale) {
            stale = false;
            log.info("Flag file {} is good again", file);
            emitProviderReady(ProviderEventDetails.builder().build());
        }
        List<String> changed = changes(before == null ? Map.of() : before, Objects.requireNonNull(flags));
        if (!changed.isEmpty()) {
            emitProviderConfigurationChanged(
                    ProviderEventDetails.builder().flagsChanged(changed).build());
        }
    }

    /** Reads the file if it is another than last time; what is wrong with it, or null. */
    private @Nullable String look() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                return "is larger than " + MAX_BYTES + " bytes";
            }
            byte[] content = Files.readAllBytes(file);
            if (seen != null && Arrays.equals(seen, content)) {
                return stale ? "is no JSON object" : null;
            }
            seen = content;
            JsonNode root = JSON.readTree(content);
            if (!root.isObject()) {
                return "is no JSON object";
            }
            flags = content(root);
            return null;
        } catch (JsonProcessingException e) {
            return "is no JSON object";
        } catch (IOException e) {
            seen = null;
            return "cannot be read (" + e.getClass().getSimpleName() + ")";
        }
    }

    private static Map<String, JsonNode> content(JsonNode root) {
        Map<String, JsonNode> content = new HashMap<>();
        root.properties().forEach(flag -> content.put(flag.getKey(), flag.getValue()));
        return content;
    }

    private static List<String> changes(Map<String, JsonNode> before, Map<String, JsonNode> after) {
        List<String> changed = new ArrayList<>();
        after.forEach((flag, value) -> {
            if (!value.equals(before.get(flag))) {
                changed.add(flag);
            }
        });
        before.keySet().stream().filter(flag -> !after.containsKey(flag)).forEach(changed::add);
        return changed;
    }

    @Override
    public ProviderEvaluation<Boolean> getBooleanEvaluation(
            String key, Boolean defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, JsonNode::isBoolean, JsonNode::booleanValue);
    }

    @Override
    public ProviderEvaluation<String> getStringEvaluation(String key, String defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, JsonNode::isTextual, JsonNode::textValue);
    }

    @Override
    public ProviderEvaluation<Integer> getIntegerEvaluation(
            String key, Integer defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, JsonNode::isInt, JsonNode::intValue);
    }

    @Override
    public ProviderEvaluation<Double> getDoubleEvaluation(String key, Double defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, JsonNode::isNumber, JsonNode::doubleValue);
    }

    @Override
    public ProviderEvaluation<Value> getObjectEvaluation(String key, Value defaultValue, EvaluationContext context) {
        return evaluate(key, defaultValue, node -> true, FileFlagProvider::value);
    }

    private <T> ProviderEvaluation<T> evaluate(
            String key, T defaultValue, Predicate<JsonNode> fits, Function<JsonNode, T> convert) {
        Map<String, JsonNode> known = flags;
        if (known == null) {
            return failed(defaultValue, ErrorCode.PROVIDER_NOT_READY, "There was no usable flag file yet");
        }
        JsonNode node = known.get(key);
        if (node == null) {
            return failed(defaultValue, ErrorCode.FLAG_NOT_FOUND, "The flag file has no flag " + key);
        }
        if (!fits.test(node)) {
            return failed(defaultValue, ErrorCode.TYPE_MISMATCH, "Flag " + key + " has another type");
        }
        return ProviderEvaluation.<T>builder()
                .value(convert.apply(node))
                .reason(Reason.STATIC.name())
                .build();
    }

    private static <T> ProviderEvaluation<T> failed(T defaultValue, ErrorCode code, String message) {
        return ProviderEvaluation.<T>builder()
                .value(defaultValue)
                .reason(Reason.ERROR.name())
                .errorCode(code)
                .errorMessage(message)
                .build();
    }

    private static Value value(JsonNode node) {
        return Value.objectToValue(JSON.convertValue(node, Object.class));
    }
}
