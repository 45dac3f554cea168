package dev.crossfade.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Keeps every line that the library logs, down to TRACE, until it is closed. */
public final class LogCapture extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.crossfade");
    private final List<ILoggingEvent> lines = new CopyOnWriteArrayList<>();

    private LogCapture() {}

    public static LogCapture begin() {
        LogCapture capture = new LogCapture();
        capture.setContext(capture.logger.getLoggerContext());
        capture.start();
        capture.logger.setLevel(Level.TRACE);
        capture.logger.setAdditive(false);
        capture.logger.addAppender(capture);
        return capture;
    }

    @Override
    protected void append(ILoggingEvent line) {
        line.prepareForDeferredProcessing();
        lines.add(line);
    }

    /** The messages of this level. */
    public List<String> lines(Level level) {
        return lines.stream()
                .filter(line -> line.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** Everything, stack traces included. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (ILoggingEvent line : lines) {
            text.append(line.getLevel()).append(' ').append(line.getFormattedMessage());
            if (line.getThrowableProxy() != null) {
                text.append('\n').append(ThrowableProxyUtil.asString(line.getThrowableProxy()));
            }
            text.append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(null);
        logger.setAdditive(true);
        stop();
    }
}
