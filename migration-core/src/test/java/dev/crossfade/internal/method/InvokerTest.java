package dev.crossfade.internal.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InvokerTest {

    /** What every repository may inherit. */
    interface Finding<T, K> {
        T find(K key);
    }

    /** Methods of every arity and kind; supplies from an interface of the JDK, which is closed to us. */
    interface Things extends Finding<String, Long>, Supplier<String> {
        int none();

        long one(long value);

        String two(String text, int times);

        boolean three(boolean a, boolean b, boolean c);

        String four(char a, char b, char c, char d);

        void nothing(List<String> calls);

        String all(String... texts);

        String failing(String path) throws IOException;
    }

    /** Answers by its arguments. */
    static final class SomeThings implements Things {
        @Override
        public int none() {
            return 7;
        }

        @Override
        public long one(long value) {
            return value + 1;
        }

        @Override
        public String two(String text, int times) {
            return text.repeat(times);
        }

        @Override
        public boolean three(boolean a, boolean b, boolean c) {
            return a && b && !c;
        }

        @Override
        public String four(char a, char b, char c, char d) {
            return "" + a + b + c + d;
        }

        @Override
        public void nothing(List<String> calls) {
            calls.add("called");
        }

        @Override
        public String all(String... texts) {
            return String.join(",", texts);
        }

        @Override
        public String failing(String path) throws IOException {
            throw new IOException(path);
        }

        @Override
        public String find(Long key) {
            return "thing " + key;
        }

        @Override
        public String get() {
            return "supplied";
        }
    }

    private final SomeThings target = new SomeThings();

    private static Method method(String name) {
        return Arrays.stream(Things.class.getMethods())
                .filter(method -> method.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private @Nullable Object call(String name, Object... arguments) throws Throwable {
        @Nullable Object @Nullable [] asProxy = arguments.length == 0 ? null : arguments;
        return Invoker.of(method(name), target).invoke(asProxy);
    }

    @Test
    void calls_methods_of_any_arity_with_primitives_boxed_as_a_proxy_does() throws Throwable {
        assertThat(call("none")).isEqualTo(7);
        assertThat(call("one", 41L)).isEqualTo(42L);
        assertThat(call("two", "ab", 2)).isEqualTo("abab");
        assertThat(call("three", true, true, false)).isEqualTo(true);
        assertThat(call("four", 'a', 'b', 'c', 'd')).isEqualTo("abcd");
        assertThat(call("all", (Object) new String[] {"a", "b"})).isEqualTo("a,b");
    }

    @Test
    void calls_methods_that_return_nothing_that_are_generic_and_that_the_jdk_declares() throws Throwable {
        List<String> calls = new ArrayList<>();
        assertThat(call("nothing", calls)).isNull();
        assertThat(calls).containsExactly("called");
        assertThat(call("find", 3L)).isEqualTo("thing 3");
        assertThat(call("get")).isEqualTo("supplied");
    }

    @Test
    void exceptions_come_out_as_they_were_thrown() {
        assertThatThrownBy(() -> call("failing", "a/b"))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("a/b");
    }

    @Test
    void a_handler_knows_a_method_by_any_object_that_stands_for_it() throws Throwable {
        RepositoryHandler handler = new RepositoryHandler(
                "things", Map.of(method("none"), (proxy, arguments) -> 1, method("one"), (proxy, arguments) -> 2L));
        Things things =
                (Things) Proxy.newProxyInstance(Things.class.getClassLoader(), new Class<?>[] {Things.class}, handler);

        for (int call = 0; call < 10; call++) {
            assertThat(things.none()).isEqualTo(1);
            assertThat(things.one(5)).isEqualTo(2);
            // getMethods() copies, so that each of these is new to the handler.
            assertThat(handler.invoke(things, method("none"), null)).isEqualTo(1);
            assertThat(things).hasToString("things");
        }
    }
}
