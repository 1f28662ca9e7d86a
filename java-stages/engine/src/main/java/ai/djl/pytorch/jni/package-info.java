/**
 * The one door to DJL's JNI calls: they are package-private, and the public route cannot keep an autograd graph.
 * Nothing else may live here.
 */
@NullMarked
package ai.djl.pytorch.jni;

import org.jspecify.annotations.NullMarked;
