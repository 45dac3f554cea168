package dev.crossfade.samples.quickstart.traffic;

import java.util.List;

/**
 * What the callers saw.
 *
 * @param reads                reads answered
 * @param writes               writes acknowledged
 * @param retries              attempts repeated after a retryable failure
 * @param failures             operations given up
 * @param readYourWritesBroken reads by id that did not show the reader's own last acknowledged write
 * @param wrongAnswers         writes acknowledged with another order than they should have made
 * @param staleInLists         orders in lists by customer or status that were behind the reader's own last write;
 *                             informs only, lists are promised no more than bounded staleness
 * @param firstComplaints      the first few broken reads and wrong answers, by id and operation
 */
public record TrafficCounts(
        long reads,
        long writes,
        long retries,
        long failures,
        long readYourWritesBroken,
        long wrongAnswers,
        long staleInLists,
        List<String> firstComplaints) {

    public TrafficCounts {
        firstComplaints = List.copyOf(firstComplaints);
    }
}
