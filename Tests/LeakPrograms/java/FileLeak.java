import java.io.FileInputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A FileInputStream for each job, kept and never closed. */
class FileLeak {
    public static void main(String[] words) throws Exception {
        Truth truth = new Truth("files are not closed");
        List<FileInputStream> kept = new CopyOnWriteArrayList<>();
        Truth.pace(words[0], () -> {
            kept.add(new FileInputStream("/etc/hosts"));
            truth.leaked("file");
        });
    }
}
