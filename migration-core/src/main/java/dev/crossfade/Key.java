package dev.crossfade;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a parameter: the entity's key, or a collection or array of keys. A write that can change the key marks both the
 * old and the new one, or the old one beside the entity; the row of one of them may be gone afterwards. On a method: the result is the key, or a collection of the keys, that the method wrote.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.PARAMETER, ElementType.METHOD})
public @interface Key {}
