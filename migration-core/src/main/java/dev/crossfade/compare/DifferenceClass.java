package dev.crossfade.compare;

/** How two values differ. Tells much about the cause without telling the values. */
public enum DifferenceClass {
    /** The primary has null, the secondary a value. */
    NULL_VS_VALUE,
    /** The primary has a value, the secondary null. */
    VALUE_VS_NULL,
    /** The primary has null, the secondary an empty text, collection, map or array. */
    NULL_VS_EMPTY,
    /** The primary has an empty text, collection, map or array, the secondary null. */
    EMPTY_VS_NULL,
    /** Two values of one kind that differ in none of the ways named below. */
    VALUE,
    /** Numbers that agree when rounded or cut to the fewer decimals, or times less than a second apart. */
    PRECISION,
    /** Times that differ. */
    TIME,
    /** Times that differ by a multiple of a quarter of an hour, at most 18 hours: mostly a wrong time zone. */
    TIME_SHIFT,
    /** Texts that differ in trailing blanks, or bytes in trailing zeros. */
    PADDING,
    /** Texts that differ in upper and lower case only. */
    CASE,
    /** Texts that are the same characters in another Unicode normal form. */
    UNICODE_FORM,
    /** A text or a byte array that is the beginning of the other. */
    TRUNCATED,
    /** Ordered collections or arrays of different length; their elements were not compared. */
    LENGTH,
    /** An element, a map entry or a field that only the primary has. */
    MISSING_IN_SECONDARY,
    /** An element, a map entry or a field that only the secondary has. */
    MISSING_IN_PRIMARY,
    /** Ordered collections with equal elements in another order. */
    ORDER,
    /** Values of kinds that are never equal, such as a text and a number; a rule can make them comparable. */
    TYPE
}
