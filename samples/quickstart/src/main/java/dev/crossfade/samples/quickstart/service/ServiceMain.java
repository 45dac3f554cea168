package dev.crossfade.samples.quickstart.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.crossfade.control.Stage;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The process of one instance. It reads commands, a line each, as "number command argument", and answers each with a line
 * "number ok JSON" or "number failed JSON" as soon as it is done. When there is nobody left to command it, it ends.
 */
final class ServiceMain {
    /** The number of the answer that nobody has to ask for: the instance is open. */
    static final int OPEN = 0;

    private static final int ORPHANED = 3;

    private final JsonMapper json = JsonMapper.builder().build();
    private final ExecutorService commands = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "command");
        thread.setDaemon(true);
        return thread;
    });
    private final OrderService service;
    private final PrintStream answers;

    private ServiceMain(OrderService service, PrintStream answers) {
        this.service = service;
        this.answers = answers;
    }

    /** @param arguments those of {@link ServiceSettings} */
    public static void main(String[] arguments) throws IOException {
        PrintStream answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        // What is logged must not come between the answers.
        System.setOut(System.err);
        OrderService service = new OrderService(ServiceSettings.of(arguments));
        service.open();
        new ServiceMain(service, answers).serve();
        // Without an orderly end: whoever started this process is gone, and the databases with it.
        Runtime.getRuntime().halt(ORPHANED);
    }

    private void serve() throws IOException {
        answer(OPEN, "ok", "");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 3);
            commands.execute(() -> run(Integer.parseInt(words[0]), words[1], words[2]));
        }
    }

    private void run(int number, String command, String argument) {
        try {
            answer(number, "ok", run(command, argument));
            if (command.equals("close")) {
                System.exit(0);
            }
        } catch (Exception failure) {
            answer(number, "failed", failure.toString());
        }
    }

    private Object run(String command, String argument) throws Exception {
        switch (command) {
            case "plan" -> {
                return service.plan();
            }
            case "report" -> {
                return service.report();
            }
            case "join-backfill" -> service.joinBackfill();
            case "backfill" -> {
                return service.backfill();
            }
            case "reconcile" -> {
                return service.reconcile();
            }
            case "move" -> {
                return service.move(Stage.valueOf(argument));
            }
            case "longest-write" -> {
                return service.traffic().longestWriteSinceAsked().toMillis();
            }
            case "pause" -> service.traffic().pause();
            case "resume" -> service.traffic().resume();
            case "refused-notes" -> service.writeNotes(true);
            case "mended-notes" -> service.writeNotes(false);
            case "new-side-dead" -> service.newSide().setDead(Boolean.parseBoolean(argument));
            case "new-side-times-out-every" -> service.newSide().setTimeOutEvery(Integer.parseInt(argument));
            case "end-traffic" -> service.traffic().close();
            case "close" -> service.close();
            default -> throw new IllegalArgumentException("Unknown command " + command);
        }
        return "";
    }

    private void answer(int number, String how, Object result) {
        try {
            answers.println(number + " " + how + " " + json.writeValueAsString(result));
        } catch (JsonProcessingException e) {
            answers.println(number + " failed \"The answer cannot be written as JSON\"");
        }
    }
}
