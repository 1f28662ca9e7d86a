package viewfit.views;

/** What one worker thread needs to make views: a decoder, a scratch picture and a painter. */
final class Workbench implements AutoCloseable {
    final ImageDecoder decoder = new ImageDecoder();
    final Pixels scratch = new Pixels();
    final ViewPainter painter = new ViewPainter();

    @Override
    public void close() {
        decoder.close();
    }
}
