/** Scripts by which schedulers run the tasks of a plan. */

const SLURM = `#!/bin/bash
# The tasks of plan.json as an array of Slurm, each job a share of them:
#   sbatch --array=0-15 sweep.sh
# Submit it again after a failure: what is done is skipped. Then: npx simdgrad gather plan.json --out results
#SBATCH --job-name=sweep
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=1
#SBATCH --time=01:00:00
#SBATCH --output=sweep-%A_%a.log
# plan.json, its data file and results are in this folder, which all nodes must see.
cd "$SLURM_SUBMIT_DIR" || exit 1
npx simdgrad task plan.json --out results --of "$SLURM_ARRAY_TASK_COUNT"
`;

const KUBERNETES = `# The tasks of plan.json as an indexed Job, each pod a share of them:
#   kubectl apply -f sweep.yaml
# The volume holds plan.json, its data file and a node_modules with simdgrad (npm install simdgrad).
# Apply it again after a failure: what is done is skipped. Then, in a pod with the volume:
#   npx simdgrad gather plan.json --out results
apiVersion: batch/v1
kind: Job
metadata:
  name: sweep
spec:
  completionMode: Indexed
  completions: 16
  parallelism: 16
  backoffLimitPerIndex: 3
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: task
          image: node:24-slim
          workingDir: /sweep
          # Kubernetes sets JOB_COMPLETION_INDEX; --of is the number of completions.
          command: ["npx", "simdgrad", "task", "plan.json", "--out", "results", "--of", "16"]
          resources:
            requests: { cpu: "1", memory: 1Gi }
          volumeMounts:
            - { name: sweep, mountPath: /sweep }
      volumes:
        - name: sweep
          persistentVolumeClaim: { claimName: sweep }
`;

const PARALLEL = `#!/bin/sh
# The tasks of plan.json by GNU parallel, as many at a time as this machine has cores. On more machines:
#   parallel --sshlogin host1,host2 --workdir "$PWD" …, in a folder that all of them see.
# Start it again after a failure: what is done is skipped. Then: npx simdgrad gather plan.json --out results
last=$(($(npx simdgrad task plan.json --count) - 1)) || exit 1
seq 0 "$last" | parallel --halt soon,fail=5 --retries 3 npx simdgrad task plan.json --out results --quiet --index {}
`;

export const templates = { slurm: SLURM, kubernetes: KUBERNETES, parallel: PARALLEL } as const;

/** The name of a scheduler. */
export type TemplateName = keyof typeof templates;
