package gatehouse;

import java.util.function.Supplier;

/**
 * What the generated code says of a method: its path, whether a second call does nothing more, and what an answer is read into.
 */
record Method<R extends Message>(String path, boolean isRepeatable, Supplier<R> empty) {}
