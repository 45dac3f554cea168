package dev.crossfade.control;

import dev.openfeature.sdk.Client;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client that passes everything on and knows which event handlers are registered. */
final class CountingClient {
    private final List<List<Object>> handlers = new CopyOnWriteArrayList<>();
    private final Client client;

    CountingClient(Client target) {
        this.client = (Client) Proxy.newProxyInstance(
                Client.class.getClassLoader(), new Class<?>[] {Client.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("on")) {
                        handlers.add(Arrays.asList(arguments));
                    } else if (method.getName().equals("removeHandler")) {
                        handlers.remove(Arrays.asList(arguments));
                    }
                    try {
                        return method.invoke(target, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    Client client() {
        return client;
    }

    List<List<Object>> handlers() {
        return handlers;
    }
}
