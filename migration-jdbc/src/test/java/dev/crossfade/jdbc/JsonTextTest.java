package dev.crossfade.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{\"a\":1,\"b\":[1,2]} # {\"b\" : [ 1, 2 ], \"a\" : 1}",
                "{\"a\":1,\"a\":2} # {\"a\":2}",
                "1.50 # 15e-1",
                "0 # -0.0",
                "\"\\u00e9\\/\" # \"\u00e9/\"",
                "[true,false,null] # [ true , false , null ]",
                "no json # no json"
            })
    void texts_that_mean_the_same_are_the_same(String x, String y) {
        assertThat(JsonText.isSame(x, y)).isTrue();
        assertThat(JsonText.isSame(y, x)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{\"a\":1} # {\"a\":\"1\"}",
                "[1,2] # [2,1]",
                "[] # {}",
                "[\"true\"] # [true]",
                "[[\"string\",\"x\"]] # [\"x\"]",
                "1e400 # 1e401",
                "{\"a\":null} # {}",
                "{\"a\":1 # {\"a\":1}",
                "1 1 # 1",
                "\"a # \"a\"",
                "01x # 1"
            })
    void texts_that_mean_something_else_or_nothing_differ(String x, String y) {
        assertThat(JsonText.isSame(x, y)).isFalse();
        assertThat(JsonText.isSame(y, x)).isFalse();
    }
}
