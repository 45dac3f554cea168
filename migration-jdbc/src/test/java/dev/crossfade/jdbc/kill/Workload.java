package dev.crossfade.jdbc.kill;

import java.sql.SQLException;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What a child does. An implementation is public with a public constructor that takes the child's {@link Context}; it has
 * connected, and is ready for its first step, when that returns.
 */
public interface Workload extends AutoCloseable {
    /**
     * One transaction. It enters each operation into the log right before the commit, and acknowledges all of them right
     * after it.
     */
    void step(RandomGenerator random) throws Exception;

    @Override
    void close() throws SQLException;

    /**
     * What a child gets from its parent.
     *
     * @param writer this life's name, which no other child and no earlier life has
     * @param arguments the addresses and settings of this workload
     */
    record Context(String writer, OperationLog log, CrashPoints crashPoints, List<String> arguments) {}
}
